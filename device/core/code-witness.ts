/**
 * What ride codes and newly signed data say about a system clock that nothing vouches for.
 *
 * A code is signed by its issuer and by a phone, and says when it was made and how long it is good. A code that is good by the
 * clock bears the clock out. A code that looks expired is old, or the clock is fast. It is old if the clock has been borne out
 * lately, or if signed data that has come shows that it had ended: what was signed, and the time since. Otherwise the clock is doubted.
 *
 * Codes alone set no clock: a picture of a code is easily taken, and a phone signs what its own clock says. A second witness
 * must agree: the feed, which has just been asked and has no data that is newer than the code, but some of the hour before;
 * or a GNSS receiver that says the same; or the codes of three passengers.
 */

export interface CodeTimes {
  /** Tells one passenger from another. Personal. */
  readonly account: string;
  /** Unix seconds */
  readonly generatedAtS: number;
  /** Unix seconds */
  readonly expiresAtS: number;
}

export interface CodeWitness {
  /** What was heard is about the system clock as it was then. */
  readonly systemOffsetMs: number;
  /** When a code last bore the clock out, on the monotonic clock. */
  readonly borneOutAtMs: number;
  /** The last code of each passenger that speaks against the clock, newest last. */
  readonly against: readonly Sighting[];
  /** The clock is ahead of what the feed has just signed by so much. */
  readonly aheadOfFeedMs: number | undefined;
  /** It is ahead by this at most: signed data has come that was no older than this by it. */
  readonly atMostAheadMs: number;
  /** Added to the monotonic clock it gives the time that codes and a second witness tell. */
  readonly offsetMs: number | undefined;
}

interface Sighting {
  readonly account: string;
  /** On the monotonic clock. */
  readonly atMs: number;
  /** Added to the monotonic clock it gives the time by this code: when it was made. */
  readonly offsetMs: number;
}

/** Unix milliseconds but for those of the monotonic clock. */
export interface Circumstances {
  readonly monotonicMs: number;
  readonly systemMs: number;
  /** When the newest signed data was signed; undefined while there is none. */
  readonly floorMs: number | undefined;
  /** When the feed last answered, on the monotonic clock; undefined for never. */
  readonly fedAtMs: number | undefined;
  /** What an agreeing GNSS receiver tells. */
  readonly gnssMs: number | undefined;
}

/** A code lives as long at most; for so long one that was good bears the clock out, and one that was not is remembered. */
const codeLifeMs = 1_200_000;
const aheadToleranceMs = 20_000;
/** Data of the hour before is a witness. */
const witnessMs = 3_600_000;
/** The feed is usually asked each minute. */
const fedLatelyMs = 180_000;
/** From signing a version to a validator that asks each moment: publishing takes minutes, a mirror or a cache in between much longer. */
const publishingMs = 1_800_000;
const passengersNeeded = 3;
/** A system clock that moved by more was set: what was heard of it before counts for nothing. */
const steppedMs = 2000;
const mostSightings = 8;

export const noWitness: CodeWitness = {
  systemOffsetMs: 0,
  borneOutAtMs: Number.NEGATIVE_INFINITY,
  against: [],
  aheadOfFeedMs: undefined,
  atMostAheadMs: Number.POSITIVE_INFINITY,
  offsetMs: undefined,
};

/** After a step of the system clock nothing is left; a code against it is forgotten in time. */
export function stillValid(
  before: CodeWitness,
  { monotonicMs, systemMs, floorMs }: Pick<Circumstances, 'monotonicMs' | 'systemMs' | 'floorMs'>,
): CodeWitness {
  const systemOffsetMs = systemMs - monotonicMs;
  const isStepped = Math.abs(systemOffsetMs - before.systemOffsetMs) > steppedMs;
  const witness = isStepped ? { ...noWitness, systemOffsetMs } : before;
  const against = witness.against.filter(({ atMs }) => monotonicMs - atMs < codeLifeMs);
  return atMostAhead({ ...witness, against }, floorMs === undefined ? undefined : systemMs - floorMs);
}

/** @param aheadMs it cannot be more ahead than this, by signed data that is here */
function atMostAhead(witness: CodeWitness, aheadMs = Number.POSITIVE_INFINITY): CodeWitness {
  const atMostAheadMs = Math.min(witness.atMostAheadMs, aheadMs);
  const aheadOfFeedMs = atMostAheadMs > publishingMs ? witness.aheadOfFeedMs : undefined;
  return { ...witness, atMostAheadMs, aheadOfFeedMs };
}

/** @param code whose signatures are all good */
export function hearCode(before: CodeWitness, code: CodeTimes, now: Circumstances): CodeWitness {
  const { monotonicMs: at, systemMs } = now;
  const witness = stillValid(before, now);
  const [madeMs, endMs] = [code.generatedAtS * 1000, code.expiresAtS * 1000];
  if (isGoodAt(systemMs, madeMs, endMs)) {
    const { systemOffsetMs, atMostAheadMs } = witness;
    return { ...noWitness, systemOffsetMs, atMostAheadMs, borneOutAtMs: at };
  }
  const isOld = at - witness.borneOutAtMs < codeLifeMs || systemMs - endMs > witness.atMostAheadMs;
  if (isOld || systemMs < madeMs || endMs - madeMs > codeLifeMs) return witness;
  const toldMs = witness.offsetMs === undefined ? undefined : at + witness.offsetMs;
  if (toldMs !== undefined && isGoodAt(toldMs, madeMs, endMs)) {
    return { ...witness, offsetMs: Math.max(toldMs, madeMs) - at };
  }
  const sighting = { account: code.account, atMs: at, offsetMs: madeMs - at };
  const others = witness.against.filter(({ account }) => account !== code.account);
  const against = [...others, sighting].slice(-mostSightings);
  const isBorneOut =
    isBornByFeed(madeMs, now) ||
    (now.gnssMs !== undefined && isGoodAt(now.gnssMs, madeMs, endMs)) ||
    against.filter(({ offsetMs }) => Math.abs(offsetMs - sighting.offsetMs) <= codeLifeMs).length >=
      passengersNeeded;
  const earliestMs = Math.max(madeMs, systemMs - witness.atMostAheadMs);
  return { ...witness, against, offsetMs: isBorneOut ? earliestMs - at : witness.offsetMs };
}

/**
 * A version that the feed did not have a moment ago raises a doubt, and sets nothing: a publisher's clock may be slow, and a cache
 * in between may be late. A late cache is not late each time, and makes no code look expired: once a version has come soon after it
 * was signed, or a code was good, this clock is known not to be far ahead, for as long as nobody sets it.
 * @param newlySigned Unix milliseconds, and within how many before now
 */
export function hearFeed(
  before: CodeWitness,
  { signedAt, withinMs }: { readonly signedAt: number; readonly withinMs: number },
  now: Pick<Circumstances, 'monotonicMs' | 'systemMs' | 'floorMs'>,
): CodeWitness {
  const witness = atMostAhead(stillValid(before, now), now.systemMs - signedAt);
  const aheadMs = now.systemMs - signedAt - withinMs;
  const isUnknown = witness.atMostAheadMs > publishingMs && witness.borneOutAtMs === noWitness.borneOutAtMs;
  return isUnknown && aheadMs > publishingMs ? { ...witness, aheadOfFeedMs: aheadMs } : witness;
}

export function isDoubted({
  against,
  aheadOfFeedMs,
}: Pick<CodeWitness, 'against' | 'aheadOfFeedMs'>): boolean {
  return against.length > 0 || aheadOfFeedMs !== undefined;
}

function isGoodAt(timeMs: number, madeMs: number, endMs: number): boolean {
  return madeMs - aheadToleranceMs <= timeMs && timeMs <= endMs;
}

function isBornByFeed(madeMs: number, { monotonicMs, floorMs, fedAtMs }: Circumstances): boolean {
  if (floorMs === undefined || fedAtMs === undefined) return false;
  return monotonicMs - fedAtMs <= fedLatelyMs && madeMs - floorMs <= witnessMs;
}
