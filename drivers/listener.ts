/** Keeps a TCP port listened on: a port that is taken, or lost, is tried again with backoff until closed. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { DeviceError, messageOf } from '../device/errors.ts';
import { createHealth, keepRunning } from '../device/keep-running.ts';
import type { DeviceEvents } from '../device/ports.ts';

export interface ListenerOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly events: DeviceEvents;
  onConnection(socket: Socket): void;
}

export interface Listener {
  /** No connection is accepted from now on; resolves when the last one has ended, which is up to its owner. */
  close(): Promise<void>;
}

/** A peer that vanished without a word is found out after this long. */
const keepAliveAfterMs = 5000;

export function keepListening({ name, host, port, events, onConnection }: ListenerOptions): Listener {
  const stop = new AbortController();
  const { signal } = stop;
  const health = createHealth(events, signal);

  async function attempt(): Promise<void> {
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveAfterMs });
    server.on('connection', onConnection);
    try {
      server.listen({ host, port });
      await once(server, 'listening', { signal });
      health.working();
      // Never closed from elsewhere: rejects on an error of the server, or when stopped.
      await once(server, 'close', { signal });
    } catch (error) {
      if (signal.aborted) return;
      const fault = new DeviceError('disconnected', name, `cannot listen: ${messageOf(error)}`, error);
      health.failed(fault);
      throw fault;
    } finally {
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

function closed(server: Server): Promise<void> {
  return new Promise(resolve => server.close(() => resolve()));
}
