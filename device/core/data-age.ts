/** How old the data on the bus is, and from when on it is too old, or too new, to be believed. */
import type { Policy } from './policy.ts';

/** Data dated further ahead of the clock than this is not believed: one of the two is wrong. */
const futureToleranceMs = 60_000;

/** How fresh the data on the bus says it is; Unix milliseconds. */
export interface DataAge {
  readonly linksAsOf: number;
  readonly statusAsOf: number;
}

export type DataProblem = 'future-data' | 'stale-links' | 'stale-status';

/** What makes the data unusable for every tap, whoever presents what; undefined while it is usable. */
export function dataProblem(
  { linksAsOf, statusAsOf }: DataAge,
  { freshness }: Policy,
  now: number,
): DataProblem | undefined {
  if (isAhead(linksAsOf, now) || isAhead(statusAsOf, now)) return 'future-data';
  if (!isFresh(linksAsOf, freshness.linksMaxAgeS, now)) return 'stale-links';
  return isFresh(statusAsOf, freshness.statusMaxAgeS, now) ? undefined : 'stale-status';
}

/** Until when the data can be used if nothing newer comes; Unix milliseconds. */
export function usableUntil({ linksAsOf, statusAsOf }: DataAge, { freshness }: Policy): number {
  const { linksMaxAgeS, statusMaxAgeS } = freshness;
  return Math.min(linksAsOf + linksMaxAgeS * 1000, statusAsOf + statusMaxAgeS * 1000);
}

/** @param asOf Unix milliseconds, as is `now` */
export function isAhead(asOf: number, now: number): boolean {
  return asOf - now > futureToleranceMs;
}

/** Written so that NaN on either side is never fresh. */
export function isFresh(asOf: number, maxAgeS: number, now: number): boolean {
  return now - asOf <= maxAgeS * 1000;
}
