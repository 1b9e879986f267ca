/**
 * Keeps something running that may fail at any time (a connection, a listening port, a worker): starts it again with
 * backoff from 100 ms to 800 ms, so that it is back within 2 s of its cause being mended.
 *
 * Only a DeviceError is a reason to try again. Anything else is a mistake in the program and is passed on.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pRetry from 'p-retry';
import { DeviceError } from './errors.ts';

const shortestPauseMs = 100;
const longestPauseMs = 800;
/** After an attempt that ran this long, the next one waits for the shortest pause only. */
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
