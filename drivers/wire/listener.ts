/**
 * Keeps a TCP port or a Unix socket listened on: one that is taken, or lost, is tried again with backoff until closed. While connections
 * come in a flood, nobody listens: the kernel refuses them, and they cost nothing.
 */
import { once } from 'node:events';
import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { keepRunning } from '../../device/kit/keep-running.ts';
import { createWorkBudget } from '../../device/kit/work-budget.ts';
import type { DeviceEvents } from '../../device/ports.ts';
import { createHealth } from './health.ts';

export type ListenAt = { readonly host: string; readonly port: number } | { readonly path: string };

export interface ListenerOptions {
  readonly name: string;
  readonly at: ListenAt;
  readonly events: DeviceEvents;
  /** More than this is a flood; left out where each connection is known. */
  readonly connectionsPerS?: number;
  onConnection(socket: Socket): void;
}

export interface Listener {
  /** No connection is accepted from now on; resolves when the last one has ended, which is up to its owner. */
  close(): Promise<void>;
}

/** A socket is the firmware's user's and its group's: whom the group lets in may connect. */
const groupMayConnect = 0o660;
/** After this long without traffic, the kernel asks whether the peer is still there. */
const keepAliveAfterMs = 5000;
const deafMs = 1000;

export function keepListening(options: ListenerOptions): Listener {
  const { name, at, events, connectionsPerS, onConnection } = options;
  const stop = new AbortController();
  const { signal } = stop;
  const health = createHealth(events, signal);

  async function attempt(): Promise<void> {
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveAfterMs });
    const deafness = connectionsPerS === undefined ? undefined : createDeafness(connectionsPerS);
    server.on('connection', socket => {
      onConnection(socket);
      if (deafness?.begins(server, () => server.listen(at))) events.flooded?.();
    });
    try {
      if ('path' in at) await removeLeftover(at.path);
      server.listen(at);
      await once(server, 'listening', { signal });
      if ('path' in at) chmodSync(at.path, groupMayConnect);
      health.working();
      // Never closed from elsewhere: rejects on an error of the server, or when stopped.
      await once(server, 'close', { signal });
    } catch (error) {
      if (signal.aborted) return;
      const fault = new DeviceError('disconnected', name, `cannot listen: ${messageOf(error)}`, error);
      health.failed(fault);
      throw fault;
    } finally {
      deafness?.stop();
      await closed(server);
    }
  }

  const running = keepRunning(attempt, signal);
  return {
    async close() {
      stop.abort();
      await running;
    },
  };
}

/** The pause after a flood: those who are connected stay so. */
function createDeafness(connectionsPerS: number) {
  const budget = createWorkBudget(connectionsPerS, connectionsPerS);
  let over: NodeJS.Timeout | undefined;
  return {
    /** @returns whether this connection was one too many */
    begins(server: Server, listenAgain: () => void): boolean {
      if (budget.take() || !server.listening) return false;
      server.close();
      over = setTimeout(listenAgain, deafMs);
      return true;
    },
    stop: () => clearTimeout(over),
  };
}

/** A socket that a firmware left behind when its power was cut; one that somebody listens on stays, and is told as taken. */
async function removeLeftover(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  const probe = connect(path);
  const isDead = await new Promise<boolean>(resolve => {
    probe
      .on('connect', () => resolve(false))
      .on('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'));
  });
  probe.destroy();
  if (isDead) rmSync(path, { force: true });
}

function closed(server: Server): Promise<void> {
  return new Promise(resolve => server.close(() => resolve()));
}
