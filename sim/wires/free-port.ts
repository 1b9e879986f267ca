/**
 * TCP ports that nobody listens on, for a program that is told its port and cannot report it.
 *
 * Until that program listens, and while it is restarted, anybody may take the port. So these ports lie below those that
 * the system gives out by itself (Linux: from 32768), and whoever gives one out holds it until its process ends: by a Unix
 * socket in Linux's abstract namespace that is named after the port, which every process sees and no crash leaves behind.
 */
import { createServer } from 'node:net';

const firstPort = 10_000;
const ports = 22_700;
/** Each process begins elsewhere, so that few try the same port. */
const apart = 101;

let next = (process.pid * apart) % ports;

export function freePort(): Promise<number> {
  return freePorts(1);
}

/** @returns the first of two ports next to each other */
export function freePortPair(): Promise<number> {
  return freePorts(2);
}

/** Each port is tried only once, whoever else asks meanwhile. @throws Error */
async function freePorts(count: number): Promise<number> {
  while (true) {
    const first = firstPort + next;
    next = (next + count) % ports;
    const row = Array.from({ length: count }, (_, i) => first + i);
    if ((await Promise.all(row.map(takeIfFree))).every(Boolean)) return first;
  }
}

async function takeIfFree(port: number): Promise<boolean> {
  return (await hold(port)) && (await isFree(port));
}

/** @returns whether nobody held it before. @throws Error where it cannot be held at all, as without a free file descriptor */
function hold(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const holder = createServer();
    holder.once('error', error => (isTaken(error) ? resolve(false) : reject(error)));
    holder.listen(`\0bus-validator-port-${port}`, () => resolve(true));
    holder.unref();
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', error => (isTaken(error) ? resolve(false) : reject(error)));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

const isTaken = (error: NodeJS.ErrnoException) => error.code === 'EADDRINUSE';
