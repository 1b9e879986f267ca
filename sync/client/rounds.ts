/** Asks the feed again and again: when it is due, at once when told to, and when something has changed that made it fail. */
import { setTimeout as delay } from 'node:timers/promises';
import { monotonic } from '../../device/kit/time.ts';
import type { Pause } from './polling.ts';

export interface RoundsParts {
  /** Asks once. It throws only what is to end all of it. */
  readonly round: () => Promise<Round>;
  readonly pause: Pause;
  /** Each says whether something has changed since it was last asked: a round that failed may succeed now. */
  readonly news: readonly (() => boolean)[];
  /** The same, for what a round finds out that has succeeded before. */
  readonly alwaysNews: () => boolean;
  /** The real one unless given. */
  readonly time?: RoundsTime;
}

export interface Round {
  readonly succeeded: boolean;
  /** Whether anything has come. */
  readonly madeProgress: boolean;
}

export interface RoundsTime {
  /** Milliseconds, on the monotonic clock. */
  now(): number;
  /** Resolves early when the signal says so; it never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Rounds {
  /** Until a round throws. */
  run(): Promise<never>;
  /** The next round begins at once, or as soon as the one at work has ended. */
  askNow(): void;
}

/** How often it is looked for news. */
const lookMs = 1000;

export function createRounds({ round, pause, news, alwaysNews, time = realTime }: RoundsParts): Rounds {
  let wake = new AbortController();

  async function waitAfter({ succeeded, madeProgress }: Round): Promise<void> {
    const until = time.now() + pause.after(succeeded, madeProgress);
    while (time.now() < until && !wake.signal.aborted) {
      // First this: a source of time that jumps, or a link that flaps, has news without end.
      await time.sleep(Math.min(lookMs, until - time.now()), wake.signal);
      // All are asked, so that none tells old news later.
      const isNews = news.map(hasCome => hasCome()).includes(true);
      if (alwaysNews() || (isNews && !succeeded)) {
        pause.beginAnew();
        return;
      }
    }
  }

  return {
    async run() {
      while (true) {
        wake = new AbortController();
        await waitAfter(await round());
      }
    },
    askNow: () => wake.abort(),
  };
}

const realTime: RoundsTime = {
  now: monotonic,
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, { signal });
    } catch {
      // Woken.
    }
  },
};
