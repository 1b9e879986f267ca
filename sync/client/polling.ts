/** When to ask the feed again: jittered, so that a fleet does not ask at once, and rarer while it does not answer. */

export interface Pause {
  /** Milliseconds until the next round. @param madeProgress whether anything came in the last one */
  after(succeeded: boolean, madeProgress: boolean): number;
}

const jitter = 0.25;
const firstRetryMs = 1000;
/** Of the usual pause. */
const longestBackOff = 8;

/** @param random from 0 to 1 */
export function createPause(pollMs: number, random: () => number): Pause {
  let failures = 0;
  return {
    after(succeeded, madeProgress) {
      failures = succeeded ? 0 : madeProgress ? 1 : failures + 1;
      const pauseMs =
        failures === 0 ? pollMs : Math.min(longestBackOff * pollMs, firstRetryMs * 2 ** (failures - 1));
      return pauseMs * (1 - jitter + 2 * jitter * random());
    },
  };
}
