/** A validator's serial console in the page: bytes both ways, each way as fast as the other end takes them. */
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import type { PostName } from '../bus/validator-post.ts';
import { postNames } from '../bus/validator-post.ts';
import type { ConsoleEnd } from './protocol.ts';

/** Of the console's four sessions; commands and terminals need the others. */
const maxSessions = 2;
const maxUnsentBytes = 256 << 10;
const pingMs = 15_000;
const ends = { taken: 4001, silent: 4002, hungUp: 4003 } as const satisfies Record<string, ConsoleEnd>;
/** What the console says to a session too many before it hangs up. */
const busy = 'busy\r\n';

interface Consoles {
  readonly posts: Readonly<Record<PostName, { readonly consolePort: number }>>;
}

export function addConsoles(server: FastifyInstance, consoles: Consoles): void {
  const sessions: Record<PostName, number> = { front: 0, rear: 0 };
  for (const post of postNames) {
    server.get(`/api/consoles/${post}`, { websocket: true }, page => {
      if (sessions[post] >= maxSessions) {
        page.close(ends.taken, `the console ${post} is open in ${maxSessions} pages already`);
        return;
      }
      sessions[post]++;
      page.once('close', () => sessions[post]--);
      bridge(
        page,
        connect({ host: '127.0.0.1', port: consoles.posts[post].consolePort, noDelay: true }),
        post,
      );
    });
  }
}

function bridge(page: WebSocket, line: Socket, post: PostName): void {
  let isConnected = false;
  let first = '';

  page.on('message', (keys: Buffer) => {
    if (line.write(keys)) return;
    page.pause();
    line.once('drain', () => page.resume());
  });
  line.on('data', bytes => {
    if (first.length < busy.length) first += bytes.toString('latin1');
    page.send(bytes, { binary: true }, () => {
      if (line.isPaused() && page.bufferedAmount < maxUnsentBytes) line.resume();
    });
    if (page.bufferedAmount >= maxUnsentBytes) line.pause();
  });

  const heartbeat = keepAlive(page);
  page.on('close', () => {
    clearInterval(heartbeat);
    line.destroy();
  });
  line.on('connect', () => {
    isConnected = true;
  });
  line.on('error', () => {}); // followed by `close`
  line.on('close', () => {
    if (!isConnected) page.close(ends.silent, `the console ${post} does not answer: no power?`);
    else if (first === busy) page.close(ends.taken, `all lines of the console ${post} are in use`);
    else page.close(ends.hungUp, `the console ${post} has hung up`);
  });
}

/** Ends the connection of a page that has vanished without closing it. */
function keepAlive(page: WebSocket): NodeJS.Timeout {
  let isAlive = true;
  page.on('pong', () => {
    isAlive = true;
  });
  return setInterval(() => {
    if (!isAlive) page.terminate();
    isAlive = false;
    page.ping();
  }, pingMs);
}
