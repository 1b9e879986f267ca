/**
 * Whether a publisher may sign with the clock that it has. A date that is signed once cannot be taken back: validators with a
 * right clock refuse it, and those without one doubt every clock until the next version.
 */
import { isoTime } from '../../device/core/iso-time.ts';
import { floorToleranceMs } from '../../device/core/time-belief.ts';
import { FeedError } from '../feed/feed-error.ts';
import { isSignable } from '../feed/index-file.ts';
import { lastSignedAt } from './history.ts';

/** The dates of a version, and what else is known of the time. All in Unix milliseconds. */
export interface SigningDates {
  /** What the metadata's expiry counts from. */
  readonly now: number;
  readonly linksAsOf?: number | undefined;
  readonly statusAsOf?: number | undefined;
  /** What a trusted source of time said just now. */
  readonly trustedNow?: number | undefined;
  /** Somebody has looked at the clock: sign in spite of what contradicts it. */
  readonly trustClock?: boolean | undefined;
}

/**
 * A timestamp is good for a day. After a longer silence no validator trusts the feed any more, and somebody has to look after
 * it anyway.
 */
const longestSilenceMs = 86_400_000;

/** @throws FeedError that says what contradicts the dates */
export function checkSigningClock(dir: string, dates: SigningDates): void {
  const { now, linksAsOf = now, statusAsOf = now } = dates;
  const never = [now, linksAsOf, statusAsOf].find(at => !isSignable(at));
  if (never !== undefined)
    throw new FeedError(`not signed: no validator takes what is dated ${isoTime(never)}`);
  const doubt = doubtOf(dir, dates);
  if (doubt !== undefined) throw new FeedError(`not signed: ${doubt}`);
}

/** What contradicts the dates; undefined where nothing does, or somebody has looked at the clock. */
export function doubtOf(dir: string, dates: SigningDates): string | undefined {
  return dates.trustClock ? undefined : contradictionOf(dates, lastSignedAt(dir));
}

function contradictionOf(dates: SigningDates, lastAt: number | undefined): string | undefined {
  const { now, linksAsOf = now, statusAsOf = now, trustedNow } = dates;
  const asOf = Math.max(linksAsOf, statusAsOf);
  const clock = `the clock says ${isoTime(now)}`;
  if (asOf > now + floorToleranceMs)
    return `${clock}, the data would be dated ${isoTime(asOf)}; if the dates are right, use --trust-clock`;
  if (trustedNow !== undefined) {
    const agrees = Math.abs(now - trustedNow) <= floorToleranceMs;
    return agrees ? undefined : `${clock}, the source of time says ${isoTime(trustedNow)}: set the clock`;
  }
  if (lastAt === undefined || Math.abs(now - lastAt) <= longestSilenceMs) return undefined;
  const [where, why] =
    now > lastAt
      ? ['before', 'either nothing was published since, or the clock is fast']
      : ['after', 'either the clock is slow, or it was fast then'];
  const last = `the last version was signed at ${isoTime(lastAt)}, more than a day ${where}`;
  return `${clock}, ${last}; ${why}; if the clock is right, use --trust-clock, or --time-from to have a server say so`;
}
