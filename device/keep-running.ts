/**
 * Keeps something running that may fail at any time (a connection, a listening port, a worker): started again
 * with backoff from 100 ms to 800 ms, so that what has mended is back within 2 s, and told of once per outage.
 *
 * Only a DeviceError is a reason to try again: anything else is a mistake in the program and is passed on.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pRetry from 'p-retry';
import { DeviceError, type DeviceErrorKind } from './errors.ts';
import type { DeviceEvents } from './ports.ts';

const shortestPauseMs = 100;
const longestPauseMs = 800;
/** What ran this long before it failed starts over with the shortest pause. */
const settledMs = 2000;

/**
 * Calls `attempt` again and again until `signal` aborts. An attempt rejects with a DeviceError when it failed
 * and must end by itself soon after the abort; the promise is settled only then.
 */
export async function keepRunning(attempt: () => Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    while (!signal.aborted) {
      await pRetry(() => unlessSettled(attempt), {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: shortestPauseMs,
        maxTimeout: longestPauseMs,
        shouldRetry: ({ error }) => error instanceof DeviceError,
        signal,
      });
      await delay(shortestPauseMs, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function unlessSettled(attempt: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  try {
    await attempt();
  } catch (error) {
    const settled = performance.now() - startedAt >= settledMs;
    if (!settled || !(error instanceof DeviceError)) throw error;
  }
}

/**
 * Tells `ready` and `fault` only when they are news, and nothing any more once `signal` has aborted. A fault of
 * another kind is news too: a camera that was pulled out may come back as one that sends nothing.
 */
export function createHealth(events: DeviceEvents, signal: AbortSignal) {
  let state: 'unknown' | 'ready' | DeviceErrorKind = 'unknown';
  return {
    working(): void {
      if (state === 'ready' || signal.aborted) return;
      state = 'ready';
      events.ready();
    },
    failed(error: DeviceError): void {
      if (state === error.kind || signal.aborted) return;
      state = error.kind;
      events.fault(error);
    },
  };
}
