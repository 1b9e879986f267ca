/**
 * TCP ports that nobody listens on, for a program that is told its port and cannot report it.
 *
 * Until that program listens, anybody may take the port. So these ports lie below those that the system gives out by itself
 * (Linux: from 32768), and each process begins at another one.
 */
import { createServer } from 'node:net';

const firstPort = 10_000;
const ports = 22_700;
/** More ports than one process asks for. */
const perProcess = 101;

let next = (process.pid * perProcess) % ports;

export function freePort(): Promise<number> {
  return freePorts(1);
}

/** @returns the first of two ports next to each other */
export function freePortPair(): Promise<number> {
  return freePorts(2);
}

/** Each port is tried only once, whoever else asks meanwhile. */
async function freePorts(count: number): Promise<number> {
  while (true) {
    const first = firstPort + next;
    next = (next + count) % ports;
    const row = Array.from({ length: count }, (_, i) => first + i);
    if ((await Promise.all(row.map(isFree))).every(Boolean)) return first;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
