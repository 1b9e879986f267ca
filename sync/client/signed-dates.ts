/**
 * Signed dates that the believed time contradicts. A single such date, once taken, would make every clock of the bus look
 * wrong, and every later version look expired.
 */
import { isoTime } from '../../device/core/iso-time.ts';
import { floorToleranceMs } from '../../device/core/time-belief.ts';
import { FeedError } from '../feed/feed-error.ts';
import type { indexCustom } from '../feed/index-file.ts';

/** `unknown` while the validator believes no time: then it judges nothing by time. */
export type SyncTime =
  | {
      /** Unix milliseconds: the earliest time that any source tells, before which metadata must not have expired. */
      readonly earliest: number;
      /** Unix milliseconds: the latest time that any source tells, after which nothing can be dated. */
      readonly latest: number;
    }
  | 'unknown';

/** Each version's timestamp is good for so long from its signing on. */
export const timestampLifetimeMs = 86_400_000;
/** One that is good for much longer was made by a wrong clock, or to freeze the feed later. */
const longestTimestampMs = 8 * timestampLifetimeMs;

export function systemTime(): SyncTime {
  const now = Date.now();
  return { earliest: now, latest: now };
}

/** @throws FeedError */
export function refuseFutureData(
  { version, linksAsOf, statusAsOf }: ReturnType<typeof indexCustom.parse>,
  time: SyncTime,
): void {
  const asOf = Math.max(linksAsOf, statusAsOf);
  if (time === 'unknown' || asOf <= time.latest + floorToleranceMs) return;
  const clock = `the clock says ${isoTime(time.latest)}`;
  throw new FeedError(`version ${version} is dated ${isoTime(asOf)}, ${clock}: one of the two is wrong`);
}

/** @param expires ISO 8601, as the metadata has it. @throws FeedError */
export function refuseDistantExpiry(expires: string | undefined, time: SyncTime): void {
  if (time === 'unknown' || Date.parse(expires ?? '') <= time.latest + longestTimestampMs) return;
  const clock = `the clock says ${isoTime(time.latest)}`;
  throw new FeedError(`timestamp.json expires ${expires}, ${clock}: one of the two is wrong`);
}
