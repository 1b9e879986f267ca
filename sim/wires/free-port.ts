/** TCP ports nobody listens on, for a program that is told its port and cannot report it. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** @returns the first of two ports next to each other */
export async function freePortPair(): Promise<number> {
  while (true) {
    const first = await freePort();
    const second = createServer();
    const isFree = await new Promise<boolean>(resolve => {
      second.once('error', () => resolve(false));
      second.listen(first + 1, '127.0.0.1', () => second.close(() => resolve(true)));
    });
    if (isFree) return first;
  }
}
