/** decide(): from a read medium, its link and the policy to the verdict. Total: every input has a verdict. */
import { fareTableAt } from './fare/fare-table.ts';
import { boardingFareFen, canBoard } from './fare/price.ts';
import { type CardRefusal, type CodeRefusal, type Medium, presentedAs } from './medium.ts';
import type { Phase } from './phase.ts';
import { type Policy, phaseAt } from './policy.ts';

/** A registered person's health-code status, in the order of the cache's 4-bit values. */
export const statuses = ['unknown', 'green', 'yellow', 'red', 'popup'] as const;
export type Status = (typeof statuses)[number];
export type AbnormalStatus = Exclude<Status, 'unknown' | 'green'>;

/** What the cache knows about one token; the times are Unix milliseconds. */
export type LinkLookup =
  | { readonly found: true; readonly status: Status; readonly linksAsOf: number; readonly statusAsOf: number }
  | { readonly found: false; readonly linksAsOf: number }
  | { readonly unavailable: string };

export type InvalidReason = CardRefusal | CodeRefusal | 'insufficient-balance';

export type CannotVerifyReason =
  | 'no-data'
  | 'stale-links'
  | 'stale-status'
  | 'future-data'
  | 'clock'
  | 'unknown-status';

export type Verdict =
  | { readonly verdict: 'pass' }
  | { readonly verdict: 'abnormal'; readonly status: AbnormalStatus }
  | { readonly verdict: 'not-found' }
  | { readonly verdict: 'cannot-verify'; readonly reason: CannotVerifyReason }
  | { readonly verdict: 'not-checked'; readonly reason: 'line' | 'date' }
  | { readonly verdict: 'invalid'; readonly presented: 'card' | 'code'; readonly reason: InvalidReason }
  | { readonly verdict: 'repeat' };

/** Whether this validator has just taken the same medium (repeat), or the same code at all (used). */
export type Seen = 'new' | 'repeat' | 'used';

export interface Decision {
  readonly verdict: Verdict;
  readonly phase: Phase;
  /** The passenger may ride as far as this validator is concerned, and the fare is due. */
  readonly fareTaken: boolean;
  /** In fen; 0 when no fare is taken or the ride is free. */
  readonly fareFen: number;
}

export interface Situation {
  readonly medium: Medium;
  readonly seen: Seen;
  readonly link: LinkLookup;
  readonly policy: Policy;
  readonly line: string;
  /** Unix milliseconds */
  readonly now: number;
  /** Whether the validator's clock is believed. */
  readonly timeKnown: boolean;
}

/** Data dated further ahead of the clock than this is not believed: one of the two is wrong. */
const futureToleranceMs = 60_000;

export function decide(situation: Situation): Decision {
  const { medium, policy, now } = situation;
  const phase = phaseAt(policy, now);
  const verdict = judge(situation, phase);
  const fareTaken = medium.accepted && takesFare(verdict, phase);
  const table = fareTableAt(policy.fare, now);
  return { verdict, phase, fareTaken, fareFen: fareTaken ? boardingFareFen(medium.medium, table) : 0 };
}

function judge({ medium, seen, ...rest }: Situation, phase: Phase): Verdict {
  if (!medium.accepted) {
    return { verdict: 'invalid', presented: medium.presented, reason: medium.reason };
  }
  const presented = presentedAs(medium);
  if (seen === 'repeat') return { verdict: 'repeat' };
  if (seen === 'used') return { verdict: 'invalid', presented, reason: 'used' };
  const health = judgeHealth(rest, phase);
  // An empty purse must not hide an abnormal code; only in the trial does the fare decide.
  const refused = health.verdict === 'abnormal' && phase === 'enforced';
  if (!refused && !canBoard(medium.medium, fareTableAt(rest.policy.fare, rest.now))) {
    return { verdict: 'invalid', presented, reason: 'insufficient-balance' };
  }
  return health;
}

function judgeHealth(
  { link, policy, line, now, timeKnown }: Omit<Situation, 'medium' | 'seen'>,
  phase: Phase,
): Verdict {
  if (!policy.lines.includes(line)) return { verdict: 'not-checked', reason: 'line' };
  // Data from the future means that the clock is slow or wrong: then its date says nothing either.
  if (isFromTheFuture(link, now)) return { verdict: 'cannot-verify', reason: 'future-data' };
  if (!timeKnown || !Number.isFinite(now)) return { verdict: 'cannot-verify', reason: 'clock' };
  if (phase === 'before' || phase === 'registration') return { verdict: 'not-checked', reason: 'date' };
  return judgeLink(link, policy, now);
}

function judgeLink(link: LinkLookup, { freshness }: Policy, now: number): Verdict {
  if ('unavailable' in link) return { verdict: 'cannot-verify', reason: 'no-data' };
  if (!isFresh(link.linksAsOf, freshness.linksMaxAgeS, now)) {
    return { verdict: 'cannot-verify', reason: 'stale-links' };
  }
  if (!link.found) return { verdict: 'not-found' };
  if (!isFresh(link.statusAsOf, freshness.statusMaxAgeS, now)) {
    return { verdict: 'cannot-verify', reason: 'stale-status' };
  }
  switch (link.status) {
    case 'green':
      return { verdict: 'pass' };
    case 'yellow':
    case 'red':
    case 'popup':
      return { verdict: 'abnormal', status: link.status };
    case 'unknown':
      return { verdict: 'cannot-verify', reason: 'unknown-status' };
  }
}

/** How fresh the data on the bus says it is; Unix milliseconds. */
export interface DataAge {
  readonly linksAsOf: number;
  readonly statusAsOf: number;
}

/** What makes the data unusable for every tap, whoever presents what; undefined while it is usable. */
export function dataProblem(
  { linksAsOf, statusAsOf }: DataAge,
  { freshness }: Policy,
  now: number,
): Exclude<CannotVerifyReason, 'no-data' | 'clock' | 'unknown-status'> | undefined {
  if (isAhead(linksAsOf, now) || isAhead(statusAsOf, now)) return 'future-data';
  if (!isFresh(linksAsOf, freshness.linksMaxAgeS, now)) return 'stale-links';
  return isFresh(statusAsOf, freshness.statusMaxAgeS, now) ? undefined : 'stale-status';
}

/** Until when the data can be used if nothing newer comes; Unix milliseconds. */
export function usableUntil({ linksAsOf, statusAsOf }: DataAge, { freshness }: Policy): number {
  const { linksMaxAgeS, statusMaxAgeS } = freshness;
  return Math.min(linksAsOf + linksMaxAgeS * 1000, statusAsOf + statusMaxAgeS * 1000);
}

function isFromTheFuture(link: LinkLookup, now: number): boolean {
  if ('unavailable' in link) return false;
  return isAhead(link.linksAsOf, now) || (link.found && isAhead(link.statusAsOf, now));
}

function isAhead(asOf: number, now: number): boolean {
  return asOf - now > futureToleranceMs;
}

/** Written so that NaN on either side is never fresh. */
function isFresh(asOf: number, maxAgeS: number, now: number): boolean {
  return now - asOf <= maxAgeS * 1000;
}

function takesFare({ verdict }: Verdict, phase: Phase): boolean {
  switch (verdict) {
    case 'pass':
    case 'not-found':
    case 'cannot-verify':
    case 'not-checked':
      return true;
    case 'abnormal':
      return phase === 'trial';
    default:
      return false;
  }
}
