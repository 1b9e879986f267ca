/** Web servers of a test's own, well-behaved or not, closed at its end. */
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net';
import type { TestContext } from '../../harness.ts';

/** @returns its address, without a slash at the end */
export function serveHttp(context: TestContext, listener: RequestListener): Promise<string> {
  return listen(context, createServer(listener));
}

/** Writes whatever it likes, once something has been asked. */
export function serveRaw(context: TestContext, answer: (socket: Socket) => void): Promise<string> {
  const server = createNetServer(socket => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  return listen(context, server);
}

async function listen({ after }: TestContext, server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>(resolve => server.close(() => resolve()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
