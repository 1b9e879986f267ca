/** When a validator tests itself: once a night, while nobody rides. */
import { beijingMinute } from '../core/beijing-time.ts';
import { messageOf } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import type { Selftest } from './selftest.ts';

export interface Nightly {
  readonly selftest: Pick<Selftest, 'run' | 'last'>;
  readonly clock: () => number;
  /** Without a believed time nobody knows whether it is night. */
  readonly isTimeKnown: () => boolean;
  /** When the last medium was presented; undefined since the start for none. On the monotonic clock. */
  readonly lastTapAt: () => number | undefined;
  readonly monotonic: () => number;
  readonly log: Pick<Log, 'warn'>;
}

/** Beijing's: the last buses are in, the first have not left. */
const from = '02:00';
const until = '04:30';
const quietMs = 15 * 60_000;
/** Less than a day: a night that was missed is made up for in the next. */
const apartMs = 12 * 3_600_000;

/** @returns what is to be done once a minute. It resolves when a test that was due is over */
export function createNightly({ selftest, clock, isTimeKnown, lastTapAt, monotonic, log }: Nightly) {
  const stop = new AbortController();
  let triedAt = Number.NEGATIVE_INFINITY;

  function isDue(): boolean {
    const now = clock();
    const minute = isTimeKnown() ? beijingMinute(now) : '';
    if (minute < from || minute >= until) return false;
    if (monotonic() - (lastTapAt() ?? Number.NEGATIVE_INFINITY) < quietMs) return false;
    const last = Date.parse(selftest.last()?.at ?? '');
    const wasTried = monotonic() - triedAt < apartMs;
    return !wasTried && !(Math.abs(now - last) < apartMs);
  }

  return {
    async look(): Promise<void> {
      if (!isDue()) return;
      triedAt = monotonic();
      try {
        await selftest.run('night', stop.signal);
      } catch (error) {
        if (!stop.signal.aborted) log.warn('selftest-not-run', { problem: messageOf(error) });
      }
    },
    stop: () => stop.abort(),
  };
}
