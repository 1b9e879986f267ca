/** A validator's own way into the network: whoever dials it reaches the server behind it, while it is plugged in. */
import { connect } from 'node:net';
import { listenOnWire, type Plug } from './wire-server.ts';

export interface NetworkPort extends Plug {
  readonly port: number;
  readonly isIn: boolean;
  /** What it has carried, both ways. */
  readonly bytes: number;
  close(): Promise<void>;
}

export interface NetworkPortOptions {
  readonly port: number;
  /** The server's port. */
  readonly to: number;
  /** This machine unless given. */
  readonly host?: string;
}

/** @throws the system's error when the port is taken */
export async function createNetworkPort({
  port,
  to,
  host = '127.0.0.1',
}: NetworkPortOptions): Promise<NetworkPort> {
  let isIn = true;
  let bytes = 0;
  const server = await listenOnWire(port, client => {
    const far = connect({ host, port: to, noDelay: true });
    // Where one side breaks off, so does the other.
    far.on('error', () => client.destroy());
    client.on('close', () => {
      far.destroy();
      bytes += client.bytesRead + client.bytesWritten;
    });
    client.pipe(far).pipe(client);
  });
  return {
    port: server.port,
    get isIn() {
      return isIn;
    },
    get bytes() {
      return [...server.clients].reduce((sum, client) => sum + client.bytesRead + client.bytesWritten, bytes);
    },
    unplug: server.unplug,
    async plug(next) {
      await server.plug(next);
      isIn = next;
    },
    close: server.close,
  };
}
