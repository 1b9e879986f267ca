/** What metrics are made of. */
import type { ConsoleContext } from '../console/context.ts';
import type { Clock } from '../kit/time.ts';
import type { ValidatorClock } from '../time-and-place/clock.ts';

export interface MetricsContext
  extends Pick<
    ConsoleContext,
    'version' | 'sm2Engine' | 'parts' | 'links' | 'feed' | 'uplink' | 'journal' | 'validator' | 'monotonic'
  > {
  readonly time: Pick<ValidatorClock, 'now' | 'state' | 'isKnown'>;
  /** `Date.now` unless given. */
  readonly systemClock?: Clock;
}
