/**
 * Lets the time of a bus go by faster: now and then all clocks are put on by what is missing, as a tester's `wait` does. In between
 * everything happens at its usual pace: cameras, cards and notices are not hurried.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface PaceParts {
  /** So many seconds of the bus in one. */
  readonly speed: number;
  /** Unix milliseconds on the bus. */
  now(): number;
  /** Lets so much time go by at once. */
  pass(ms: number): Promise<void>;
  /** How long the clocks run as they are in between; 10 s unless given. */
  readonly restMs?: number;
}

const usualRestMs = 10_000;

/** @returns ends it; resolves when nothing is put on any more */
export function keepPace({ speed, now, pass, restMs = usualRestMs }: PaceParts): () => Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  const real = performance.now();
  const begun = now();

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await sleep(restMs, undefined, { signal, ref: false }).catch(() => undefined);
      const missing = begun + (performance.now() - real) * speed - now();
      if (missing > 0 && !signal.aborted) await pass(missing);
    }
  }

  const running = run();
  return () => {
    stop.abort();
    return running;
  };
}
