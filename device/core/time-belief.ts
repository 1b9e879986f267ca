/**
 * What the validator believes about time, and why: a state machine over a monotonic clock.
 *
 * Sources, the best first: a synchronised system clock; GNSS once three fixes in a row agree with the monotonic clock;
 * an unsynchronised system clock. Each counts only while plausible: not more than a minute before the floor (the dates of
 * the signed data on the bus, and never before this firmware was written), not more than a year after it (a validator
 * stored longer waits for the feed). A GNSS date of 1024 weeks ago, as after a rollover, is set right where that makes it
 * plausible.
 * Where GNSS and a plausible system clock contradict each other, the signed data is the third witness: GNSS is believed
 * only if data of the hour before its time is on the bus, and is a fault otherwise, for a receiver may lie by hours.
 * From an implausible time to a plausible one: at once. From one plausible time to another: by up to two minutes in all;
 * further only while the bus is quiet (no ride taken lately), or forward by a synchronised clock. Otherwise the old belief
 * is held on the monotonic clock, and that is a fault. So a clock that ran ahead is set back at the terminus, not under
 * running rides.
 */

export type TimeSource = 'synchronised' | 'gnss' | 'system';

export interface TimeBelief {
  /** Added to the monotonic clock it gives Unix milliseconds. */
  readonly offsetMs: number;
  /** Where the offset came from; undefined while no source is plausible and none was. */
  readonly source: TimeSource | undefined;
  readonly plausible: boolean;
  /** What is wrong with the clock, also where it is plausible. */
  readonly problem: string | undefined;
  readonly gnss: GnssBelief | undefined;
  /** The offset when the bus was last quiet: under rides small steps must not add up. */
  readonly anchorMs: number;
}

interface GnssBelief {
  readonly offsetMs: number;
  /** As it told, and when it told that first. */
  readonly timeMs: number;
  readonly heardAtMs: number;
  readonly agreeing: number;
  /** It said something else than the fix before, or the same for long, and has not agreed with itself since. */
  readonly jumped: boolean;
}

/** Unix milliseconds but for `monotonicMs`. */
export interface TimeEvidence {
  readonly monotonicMs: number;
  readonly systemMs: number;
  readonly synchronised: boolean;
  /** Of the newest signed data; undefined while there is none. */
  readonly floorMs: number | undefined;
  /** No ride was taken lately. */
  readonly quiet: boolean;
  /** A GNSS time that came since the last look. */
  readonly fix?: { readonly timeMs: number; readonly monotonicMs: number };
}

/** Nothing happened before this firmware was written. */
export const earliestMs = Date.UTC(2022, 4, 1);
const dayMs = 86_400_000;
const latestMs = earliestMs + 20 * 365 * dayMs;
const borneOutDays = 30;
const rolloverMs = 1024 * 7 * dayMs;
const floorToleranceMs = 60_000;
const maxAheadMs = 366 * dayMs;
const jumpMs = 120_000;
const witnessMs = 3_600_000;
const fixesAgreeWithinMs = 2000;
const fixesNeeded = 3;
/** A receiver not heard for longer says nothing any more. */
const gnssKeptMs = 3_600_000;

export const noBelief: TimeBelief = {
  offsetMs: 0,
  source: undefined,
  plausible: false,
  problem: 'not yet known',
  gnss: undefined,
  anchorMs: 0,
};

type Range = Pick<TimeEvidence, 'floorMs'>;

export function isPlausible(timeMs: number, { floorMs }: Range): boolean {
  if (!(timeMs >= earliestMs && timeMs <= latestMs)) return false;
  if (floorMs === undefined) return true;
  return timeMs >= floorMs - floorToleranceMs && timeMs <= floorMs + maxAheadMs;
}

export function nextBelief(before: TimeBelief, evidence: TimeEvidence): TimeBelief {
  const { monotonicMs: at, systemMs } = evidence;
  const gnss = hearGnss(before.gnss, evidence);
  const chosen = bestSource(gnss, evidence);
  const held = before.plausible && isPlausible(at + before.offsetMs, evidence);
  if (chosen === undefined) {
    if (held) return { ...before, gnss, problem: 'no plausible source of time: running on' };
    const problem = `no plausible source of time: the system clock says ${text(systemMs)}`;
    const offsetMs = systemMs - at;
    return { offsetMs, source: undefined, plausible: false, problem, gnss, anchorMs: offsetMs };
  }
  const forwardBySynchronised = chosen.offsetMs > before.offsetMs && chosen.source === 'synchronised';
  const mayFollow = !held || evidence.quiet || forwardBySynchronised;
  if (!mayFollow && isFar(chosen.offsetMs, before.anchorMs)) {
    const problem = `${chosen.source} says ${text(at + chosen.offsetMs)}: not followed while rides are taken`;
    return { ...before, gnss, problem };
  }
  const anchorMs = mayFollow ? chosen.offsetMs : before.anchorMs;
  return { ...chosen, plausible: true, problem: gnssProblem(gnss, chosen, evidence), gnss, anchorMs };
}

interface Candidate {
  readonly source: TimeSource;
  readonly offsetMs: number;
}

function bestSource(gnss: GnssBelief | undefined, evidence: TimeEvidence): Candidate | undefined {
  const { monotonicMs, systemMs, synchronised } = evidence;
  const system = systemMs - monotonicMs;
  const candidates: Candidate[] = [];
  if (synchronised) candidates.push({ source: 'synchronised', offsetMs: system });
  if (isAgreed(gnss)) candidates.push({ source: 'gnss', offsetMs: gnss.offsetMs });
  candidates.push({ source: 'system', offsetMs: system });
  const plausible = candidates.filter(({ offsetMs }) => isPlausible(monotonicMs + offsetMs, evidence));
  const [best, other] = plausible;
  const isContradicted =
    best?.source === 'gnss' && other !== undefined && isFar(best.offsetMs, other.offsetMs);
  return isContradicted && !isWitnessed(monotonicMs + best.offsetMs, evidence) ? other : best;
}

function isFar(offsetMs: number, otherMs: number): boolean {
  return Math.abs(offsetMs - otherMs) > jumpMs;
}

function isWitnessed(timeMs: number, { floorMs }: Range): boolean {
  return floorMs !== undefined && timeMs - floorMs <= witnessMs;
}

function isAgreed(gnss: GnssBelief | undefined): gnss is GnssBelief {
  return gnss !== undefined && gnss.agreeing >= fixesNeeded;
}

function hearGnss(before: GnssBelief | undefined, evidence: TimeEvidence): GnssBelief | undefined {
  const { fix, monotonicMs } = evidence;
  if (fix === undefined || !Number.isFinite(fix.timeMs)) {
    return before !== undefined && monotonicMs - before.heardAtMs > gnssKeptMs ? undefined : before;
  }
  if (fix.timeMs === before?.timeMs) return hearAgain(before, fix.monotonicMs);
  const offsetMs = unrolled(fix.timeMs, evidence) - fix.monotonicMs;
  const agrees = before !== undefined && Math.abs(offsetMs - before.offsetMs) <= fixesAgreeWithinMs;
  const agreeing = agrees ? Math.min(before.agreeing + 1, fixesNeeded) : 1;
  const jumped = before !== undefined && (!agrees || (before.jumped && agreeing < fixesNeeded));
  return { offsetMs, timeMs: fix.timeMs, heardAtMs: fix.monotonicMs, agreeing, jumped };
}

/** A time told again says nothing new: from one to the next it would lag unnoticed, and the clock stand still with it. */
function hearAgain(before: GnssBelief, monotonicMs: number): GnssBelief {
  const isStuck = monotonicMs - before.heardAtMs > fixesAgreeWithinMs;
  return isStuck ? { ...before, agreeing: 0, jumped: true } : before;
}

/** Set right only to what something else bears out: a wrong date may land in the plausible year as well. */
function unrolled(timeMs: number, evidence: TimeEvidence): number {
  if (isPlausible(timeMs, evidence)) return timeMs;
  const { systemMs, floorMs = Number.NaN } = evidence;
  const isBorneOut = (time: number) =>
    Math.abs(time - systemMs) <= dayMs || Math.abs(time - floorMs) <= borneOutDays * dayMs;
  const later = [1, 2].map(times => timeMs + times * rolloverMs);
  return later.find(time => isPlausible(time, evidence) && isBorneOut(time)) ?? timeMs;
}

/** A receiver that jumps, or steadily says something else than what is believed. */
function gnssProblem(gnss: GnssBelief | undefined, { offsetMs }: Candidate, { monotonicMs }: TimeEvidence) {
  if (gnss?.jumped) return 'gnss jumps or stands still: not believed';
  if (!isAgreed(gnss) || !isFar(gnss.offsetMs, offsetMs)) return undefined;
  return `gnss says ${text(monotonicMs + gnss.offsetMs)}: not believed`;
}

function text(timeMs: number): string {
  const time = new Date(timeMs);
  return Number.isNaN(time.getTime()) ? 'no time' : `${time.toISOString().slice(0, 16)}Z`;
}
