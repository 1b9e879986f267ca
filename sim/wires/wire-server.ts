/** The listening end of a simulated wire: a TCP server on 127.0.0.1 that keeps its clients and closes promptly. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** The plug at the far end of a wire. */
export interface Plug {
  /** Drops all clients, as a loose plug would; they may connect again. */
  unplug(): void;
  /**
   * Pulls the plug, so that nobody reaches it any more, or puts it in again.
   * @throws the system's error when the port has been taken meanwhile
   */
  plug(isIn: boolean): Promise<void>;
}

export interface WireServer extends Plug {
  readonly port: number;
  /** Those connected now, oldest first. */
  readonly clients: ReadonlySet<Socket>;
  close(): Promise<void>;
}

/**
 * @param port 0 for any free one
 * @throws the system's error when the port is taken
 */
export async function listenOnWire(port: number, onClient: (socket: Socket) => void): Promise<WireServer> {
  const clients = new Set<Socket>();
  const server = createServer(socket => {
    socket.setNoDelay(true);
    socket.on('error', () => {}); // a client that breaks off is gone, which is what `close` tells
    socket.on('close', () => clients.delete(socket));
    socket.resume();
    clients.add(socket);
    onClient(socket);
  });
  const listen = async (onPort: number) => {
    server.listen(onPort, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const ownPort = await listen(port);
  const unplug = () => {
    for (const socket of clients) socket.destroy();
    clients.clear();
  };

  const close = async () => {
    unplug();
    await new Promise(resolve => server.close(resolve));
  };

  return {
    port: ownPort,
    clients,
    unplug,
    async plug(isIn) {
      if (server.listening === isIn) return;
      if (isIn) await listen(ownPort);
      else await close();
    },
    close,
  };
}
