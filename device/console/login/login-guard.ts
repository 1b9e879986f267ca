/**
 * Who may log in: whoever knows the PIN, and nobody may try it often.
 *
 * After each wrong PIN the next trial is later, at most a minute. Whoever tries meanwhile waits, and all who wait are tried together, each
 * once: so a prankster who types wrong PINs all day keeps nobody out for longer than that minute. How many were wrong is on the disk
 * before the next is tried; a restart takes nothing back. No clock is believed: after a start the whole time is waited again.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** Slips of the finger cost nothing. */
const freeTrials = 3;
const mostWaitMs = 60_000;
/** More need not be counted: they wait for as long. */
export const mostCounted = freeTrials + 6;

export interface LoginGuard {
  /**
   * @param waiting is told how long, where the trial must wait
   * @param signal ends the wait
   * @returns whether it was the PIN
   */
  tryPin(pin: string, waiting: (ms: number) => void, signal: AbortSignal): Promise<boolean>;
}

export interface LoginGuardParts {
  /** Takes long, in another thread. */
  readonly isPin: (pin: string) => Promise<boolean>;
  /** How many wrong PINs there have been since the last right one; kept through a restart. */
  readonly wrong: { read(): number; write(count: number): void };
  /** Milliseconds; no setting of a clock moves it. */
  readonly monotonic: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

const sleepFor = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal });

export function createLoginGuard({ isPin, wrong, monotonic, sleep = sleepFor }: LoginGuardParts): LoginGuard {
  let count = Math.min(mostCounted, wrong.read());
  let openAt = monotonic() + waitMs(count);
  /** One trial at a time: each takes a core for a while. */
  let last: Promise<unknown> = Promise.resolve();

  function countWrong(counted: number): void {
    if (counted === count) return;
    count = counted;
    wrong.write(count);
  }

  async function tryOne(pin: string, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    // Whoever cuts the power while it is tried has tried it.
    countWrong(Math.min(mostCounted, count + 1));
    const isRight = await isPin(pin);
    if (isRight) {
      countWrong(0);
      openAt = monotonic();
    } else openAt = monotonic() + waitMs(count);
    return isRight;
  }

  return {
    async tryPin(pin, waiting, signal) {
      const ms = openAt - monotonic();
      if (ms > 0) {
        waiting(ms);
        await sleep(ms, signal);
      }
      const mine = last.then(() => tryOne(pin, signal));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** 0 for the first, then 2, 4 … 60 s. */
function waitMs(count: number): number {
  return count < freeTrials ? 0 : Math.min(mostWaitMs, 1000 * 2 ** (count - freeTrials + 1));
}
