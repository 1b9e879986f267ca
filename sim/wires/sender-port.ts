/** The far end of the wire of something that only sends: a key, a contact. */
import { listenOnWire, type Plug } from './wire-server.ts';

export interface SenderPort extends Plug {
  readonly port: number;
  send(bytes: Uint8Array): void;
  close(): Promise<void>;
}

/** @param greeting what it sends to whoever connects; undefined for nothing */
export async function createSenderPort(port: number, greeting?: () => Uint8Array): Promise<SenderPort> {
  const server = await listenOnWire(port, socket => {
    if (greeting !== undefined) socket.write(greeting());
  });
  return {
    port: server.port,
    send(bytes) {
      for (const client of server.clients) client.write(bytes);
    },
    unplug: server.unplug,
    plug: server.plug,
    close: server.close,
  };
}
