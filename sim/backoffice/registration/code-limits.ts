/**
 * Whether an SMS code is sent, shared or refused. Pure.
 *
 * An attacker who knows a phone number may ask for codes to it, from any number of sessions and from all addresses that they
 * have. The attacker must not be able to keep the phone's owner from registering, or to fill the phone with messages, and
 * refused requests must not count.
 *
 * - A phone's messages are counted, so somebody can use them up. The owner is not shut out by that: the phone receives what the
 *   attacker asks for. While a code is young, whoever asks for the same purpose shares it, without a message. The owner reads it
 *   on the phone and enters it in their own browser; the attacker asked in vain. Who asks first no longer matters.
 * - A code is still good in those browsers only that asked, each with tries of its own, so that what an attacker guesses touches
 *   nobody else. Who shares has few tries, and an address may share few codes of a phone: an attacker guesses little.
 * - A phone takes a number of codes an hour and a day, but an address that has entered one of them is the owner's, and is not
 *   held up by others. Beyond that the phone has a reserve for each purpose, out of which each address gets some a day. A whole network counts for ten addresses at most, an area for twenty.
 * - An address, its network and its area (a mobile network's, say) may send a number of codes an hour that are not entered. Each
 *   code that is entered allows another one, so that a crowd behind one address earns what it needs. Beyond that they are
 *   not shut out but slowed to as many again, evenly spread.
 */
import { dayMs, hourMs } from '../store/sqlite-codes.ts';
import type { CodeDecision, RecentCodes, Traffic } from '../store/store.ts';

/** For an address, its network, its area. */
type PerPlace = readonly [number, number, number];

export interface CodeLimits {
  readonly resendAfterMs: number;
  /** Codes that are not entered, from one address (an IPv6 /64). */
  readonly addressPerHour: number;
  /** From a /24, or an IPv6 /48. */
  readonly networkPerHour: number;
  /** From a /16, or an IPv6 /32. */
  readonly areaPerHour: number;
  /** From one address to one phone. */
  readonly addressToPhonePerHour: number;
  readonly phonePerHour: number;
  readonly phonePerDay: number;
  /** Between two codes of a phone's reserve, for each purpose. */
  readonly reserveEveryMs: number;
  /** Codes of a phone's reserve that one address gets, one network, and one area. */
  readonly reservePerDay: PerPlace;
  /** A code is young for so long. */
  readonly sharedForMs: number;
  /** Codes of one phone that others share: from one address, one network, one area, and in all. */
  readonly sharedPerPlaceDay: PerPlace;
  readonly sharedPerDay: number;
}

export const usualLimits: CodeLimits = {
  resendAfterMs: 60_000,
  addressPerHour: 1000,
  networkPerHour: 3000,
  areaPerHour: 10_000,
  addressToPhonePerHour: 3,
  phonePerHour: 6,
  phonePerDay: 15,
  reserveEveryMs: 360_000,
  reservePerDay: [3, 30, 60],
  sharedForMs: 240_000,
  sharedPerPlaceDay: [6, 60, 120],
  sharedPerDay: 400,
};

export type CodeRefusal = {
  readonly sent: false;
  readonly why: 'too-soon' | 'too-many';
  readonly waitS: number;
};

export function decideCode(recent: RecentCodes, limits: CodeLimits, now: number): CodeDecision | CodeRefusal {
  const { toPhone, traffic, sharedAt } = recent;
  const own = toPhone.find(({ fromSession }) => fromSession);
  const resendAt = own === undefined ? 0 : own.at + limits.resendAfterMs;
  if (resendAt > now) return refusal('too-soon', resendAt, now);
  const freeAt = Math.max(trafficFreeFrom(traffic, limits), phoneFreeFrom(toPhone, limits));
  const shares = sharedAt !== undefined && now >= sharedAt && now < sharedAt + limits.sharedForMs;
  if (freeAt <= now) return { sends: true, shares };
  if (shares && mayShare(toPhone, limits)) return { sends: false, shares };
  return refusal('too-many', freeAt, now);
}

function refusal(why: CodeRefusal['why'], waitUntil: number, now: number): CodeRefusal {
  const waitS = Number.isFinite(waitUntil) ? Math.ceil((waitUntil - now) / 1000) : hourMs / 1000;
  return { sent: false, why, waitS };
}

function trafficFreeFrom(traffic: RecentCodes['traffic'], limits: CodeLimits): number {
  const perHour = [limits.addressPerHour, limits.networkPerHour, limits.areaPerHour];
  return Math.max(...traffic.map((each, i) => placeFreeFrom(each, perHour[i] ?? 0)));
}

function placeFreeFrom({ sent, entered, lastAt }: Traffic, limit: number): number {
  if (limit < 1) return Number.POSITIVE_INFINITY;
  return sent - entered < limit + entered ? 0 : lastAt + hourMs / limit;
}

function phoneFreeFrom(toPhone: RecentCodes['toPhone'], limits: CodeLimits): number {
  const sent = toPhone.filter(each => !each.wasShared);
  const unentered = sent.filter(each => !each.wasEntered);
  const fromHere = unentered.filter(({ samePlace: [isSameAddress] }) => isSameAddress);
  const budget = Math.max(
    freeFrom(unentered, limits.phonePerHour, hourMs),
    freeFrom(sent, limits.phonePerDay, dayMs),
  );
  const newest = sent.find(each => each.forSamePurpose)?.at;
  const reserve = newest === undefined ? 0 : newest + limits.reserveEveryMs;
  // Whoever received a code here before is the owner, or stands beside the owner.
  const isProven = toPhone.some(({ wasEntered, samePlace: [isSameAddress] }) => wasEntered && isSameAddress);
  if (isProven) return freeFrom(fromHere, limits.addressToPhonePerHour, hourMs);
  return Math.max(
    isFewFromHere(unentered, limits.reservePerDay) ? Math.min(budget, reserve) : budget,
    freeFrom(fromHere, limits.addressToPhonePerHour, hourMs),
  );
}

function mayShare(toPhone: RecentCodes['toPhone'], limits: CodeLimits): boolean {
  const shared = toPhone.filter(each => each.wasShared && !each.wasEntered);
  return shared.length < limits.sharedPerDay && isFewFromHere(shared, limits.sharedPerPlaceDay);
}

/** Fewer than so many from this address, from its network, and from its area. */
function isFewFromHere(codes: RecentCodes['toPhone'], limits: PerPlace): boolean {
  return limits.every((limit, i) => codes.filter(({ samePlace }) => samePlace[i]).length < limit);
}

/** When fewer than `limit` of them, newest first, are within the window. */
function freeFrom(codes: RecentCodes['toPhone'], limit: number, windowMs: number): number {
  if (limit < 1) return Number.POSITIVE_INFINITY;
  const oldestCounted = codes[limit - 1];
  return oldestCounted === undefined ? 0 : oldestCounted.at + windowMs;
}
