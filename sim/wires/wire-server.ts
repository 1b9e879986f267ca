/** The listening end of a simulated wire: a TCP server on 127.0.0.1 that keeps its clients and closes promptly. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface WireServer {
  readonly port: number;
  /** Those connected now, oldest first. */
  readonly clients: ReadonlySet<Socket>;
  /** Drops all clients, as a pulled plug would; they may connect again. */
  unplug(): void;
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
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const unplug = () => {
    for (const socket of clients) socket.destroy();
    clients.clear();
  };

  return {
    port: (server.address() as AddressInfo).port,
    clients,
    unplug,
    async close() {
      unplug();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
