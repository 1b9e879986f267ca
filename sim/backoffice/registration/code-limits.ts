/**
 * When a new SMS code is refused. Pure.
 *
 * As an attacker: whoever knows a phone number may ask for codes to it, from as many sessions as they like and from as many
 * addresses as they have. They must neither keep its owner from registering nor fill the owner's phone with messages, and
 * no count may be driven up by requests that were refused.
 *
 * - Codes, the minute between two and the five tries belong to a session. Nobody else's session is touched by what an
 *   attacker asks, or guesses. (Guessing: 5 tries of a million for each code sent, and codes are counted below.)
 * - A code that was entered went to who asked for it, and counts for the phone's day only: an owner who comes back, and the
 *   thousands of passengers behind a mobile network's one address, use up nothing. What counts below is what was not entered.
 * - An address sends so many codes an hour, to whatever phones, and to one phone three: half of what a phone takes, so that
 *   nobody at one address uses up a phone's budget.
 * - A phone takes so many codes an hour and a day. Beyond that there is a reserve, for addresses only that have not asked
 *   for that phone in a day, one code in two minutes: an attacker with many addresses can slow the owner down, by needing
 *   a fresh address every two minutes, but not shut the owner out, and the phone gets no more than 36 messages an hour.
 *   What stays possible: an attacker at the owner's own address, within its share. Another network helps.
 */
import { dayMs, hourMs } from '../store/sqlite-codes.ts';
import type { RecentCodes } from '../store/store.ts';

export interface CodeLimits {
  readonly resendAfterMs: number;
  readonly addressPerHour: number;
  /** From one address to one phone. */
  readonly addressToPhonePerHour: number;
  readonly phonePerHour: number;
  readonly phonePerDay: number;
  /** Between two codes of a phone's reserve. */
  readonly reserveEveryMs: number;
}

export const usualLimits: CodeLimits = {
  resendAfterMs: 60_000,
  addressPerHour: 20,
  addressToPhonePerHour: 3,
  phonePerHour: 6,
  phonePerDay: 15,
  reserveEveryMs: 120_000,
};

export type CodeRefusal = {
  readonly sent: false;
  readonly why: 'too-soon' | 'too-many';
  readonly waitS: number;
};

/** @returns undefined where a code may be sent now */
export function refuseCode(
  { toPhone, fromAddress }: RecentCodes,
  limits: CodeLimits,
  now: number,
): CodeRefusal | undefined {
  const own = toPhone.find(({ fromSession }) => fromSession);
  const resendAt = own === undefined ? 0 : own.at + limits.resendAfterMs;
  const unentered = toPhone.filter(sent => !sent.wasEntered);
  const fromHere = timesOf(unentered.filter(sent => sent.fromAddress));
  const freeAt = Math.max(
    freeFrom(fromAddress, limits.addressPerHour, hourMs),
    freeFrom(fromHere, limits.addressToPhonePerHour, hourMs),
    phoneFreeFrom(timesOf(toPhone), timesOf(unentered), fromHere.length === 0, limits),
  );
  const waitUntil = Math.max(resendAt, freeAt);
  if (waitUntil <= now) return undefined;
  const why = freeAt > resendAt ? 'too-many' : 'too-soon';
  return { sent: false, why, waitS: secondsUntil(waitUntil, now) };
}

function phoneFreeFrom(
  all: readonly number[],
  unentered: readonly number[],
  isFreshAddress: boolean,
  limits: CodeLimits,
): number {
  const budget = Math.max(
    freeFrom(unentered, limits.phonePerHour, hourMs),
    freeFrom(all, limits.phonePerDay, dayMs),
  );
  const newest = all[0];
  return isFreshAddress && newest !== undefined ? Math.min(budget, newest + limits.reserveEveryMs) : budget;
}

function timesOf(sent: RecentCodes['toPhone']): number[] {
  return sent.map(({ at }) => at);
}

/** When fewer than `limit` of the times, newest first, are within the window. */
function freeFrom(times: readonly number[], limit: number, windowMs: number): number {
  if (limit < 1) return Number.POSITIVE_INFINITY;
  const oldestCounted = times[limit - 1];
  return oldestCounted === undefined ? 0 : oldestCounted + windowMs;
}

function secondsUntil(at: number, now: number): number {
  return Number.isFinite(at) ? Math.ceil((at - now) / 1000) : hourMs / 1000;
}
