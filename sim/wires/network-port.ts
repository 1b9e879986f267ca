/** A validator's own way into the network: whoever dials it reaches the server behind it, while it is plugged in. */
import { connect } from 'node:net';
import { listenOnWire, type Plug } from './wire-server.ts';

export interface NetworkPort extends Plug {
  readonly port: number;
  readonly isIn: boolean;
  close(): Promise<void>;
}

export interface NetworkPortOptions {
  readonly port: number;
  /** The port of a server on this machine. */
  readonly to: number;
}

/** @throws the system's error when the port is taken */
export async function createNetworkPort({ port, to }: NetworkPortOptions): Promise<NetworkPort> {
  let isIn = true;
  const server = await listenOnWire(port, client => {
    const far = connect({ host: '127.0.0.1', port: to, noDelay: true });
    // Where one side breaks off, so does the other.
    far.on('error', () => client.destroy());
    client.on('close', () => far.destroy());
    client.pipe(far).pipe(client);
  });
  return {
    port: server.port,
    get isIn() {
      return isIn;
    },
    unplug: server.unplug,
    async plug(next) {
      await server.plug(next);
      isIn = next;
    },
    close: server.close,
  };
}
