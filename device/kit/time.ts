/** Time: what a clock is, polling once a second, and limits on what is waited for. */
import { setTimeout as delay } from 'node:timers/promises';

/** Wall time in Unix milliseconds. */
export type Clock = () => number;

/** Milliseconds since the process began, which no setting of a clock moves: for ages. */
export const monotonic: Clock = () => performance.now();

/** @returns ends the polling */
export function everySecond(poll: () => void): () => void {
  const timer = setInterval(poll, 1000);
  return () => clearInterval(timer);
}

/**
 * Settles as the promise does, unless that takes longer than the limit; what becomes of it after that is ignored.
 * @param whenLate called at the limit: gives the result instead, or throws
 */
export async function withinTime<T, U>(
  promise: Promise<T>,
  limitMs: number,
  whenLate: () => U,
): Promise<T | U> {
  const done = new AbortController();
  try {
    return await Promise.race([promise, delay(limitMs, undefined, { signal: done.signal }).then(whenLate)]);
  } finally {
    done.abort();
  }
}

/** Settles as the promise does, unless `signal` aborts first: then it rejects with the signal's reason. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
  });
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Fires when a wire, a process or a thread has been silent for too long. It does not run until `restart`. */
export interface Watchdog {
  /** Something came: the time begins anew. @param limitMs where this time it is another limit */
  restart(limitMs?: number): void;
  stop(): void;
}

/**
 * A busy event loop runs its timers before it reads what has arrived. So at the limit the event loop reads once more, and
 * `onSilence` is called only if nothing that it read restarts or stops the watchdog.
 */
export function createWatchdog(usualLimitMs: number, onSilence: () => void): Watchdog {
  let timer: NodeJS.Timeout | undefined;
  let lastRead: NodeJS.Immediate | undefined;

  function stop(): void {
    clearTimeout(timer);
    clearImmediate(lastRead);
  }

  return {
    restart(limitMs = usualLimitMs) {
      stop();
      timer = setTimeout(() => {
        lastRead = setImmediate(onSilence);
      }, limitMs);
    },
    stop,
  };
}
