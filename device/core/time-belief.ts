/**
 * What the validator believes about time, and why: a state machine over a monotonic clock.
 *
 * Sources, the best first: a synchronised system clock; GNSS once three fixes in a row agree with the monotonic clock;
 * an unsynchronised system clock. Each counts only while plausible: not more than a minute before the floor (the dates of
 * the signed data on the bus, and never before this firmware was written), not more than a year after it (a validator
 * stored longer waits for the feed). A GNSS date of 1024 weeks ago, as after a rollover, is corrected if that makes it
 * plausible.
 * If GNSS and a plausible system clock contradict each other, the signed data decides: GNSS is believed only if data of the
 * hour before its time is on the bus. Otherwise it is a fault, because a receiver may lie by hours. While nothing signed is on
 * the bus, GNSS is believed: a clock that nothing vouches for is wrong more often than a receiver. That is a fault, too.
 * If ride codes and a second witness contradict a system clock that nothing vouches for (`code-witness.ts`), they come before
 * it, and it is doubted.
 * From an implausible time to a plausible one: at once. From one plausible time to another: by up to two minutes in all;
 * further only while the bus is quiet (no ride taken lately), forward by a synchronised clock, or to and from what codes say:
 * no code that counts was taken by the time that they contradict. Otherwise the old belief
 * is held on the monotonic clock, and that is a fault. So a clock that ran ahead is set back at the terminus, not under
 * running rides.
 */
import { type CodeWitness, noWitness } from './code-witness.ts';

export const timeSources = ['synchronised', 'gnss', 'codes', 'system'] as const;
export type TimeSource = (typeof timeSources)[number];

export interface TimeBelief {
  /** Added to the monotonic clock it gives Unix milliseconds. */
  readonly offsetMs: number;
  /** Where the offset came from; undefined while no source is plausible and none was. */
  readonly source: TimeSource | undefined;
  readonly plausible: boolean;
  /** What is wrong with the clock, even if it is plausible. */
  readonly problem: string | undefined;
  readonly gnss: GnssBelief | undefined;
  /** The offset when the bus was last quiet: under rides small steps must not add up. */
  readonly anchorMs: number;
}

interface GnssBelief {
  readonly offsetMs: number;
  /** The time it told, and when it first told that time. */
  readonly timeMs: number;
  readonly heardAtMs: number;
  readonly agreeing: number;
  /** It contradicted its last fix, or repeated it for too long, and has not agreed with itself since. */
  readonly jumped: boolean;
}

/** Unix milliseconds but for `monotonicMs`. */
export interface TimeEvidence {
  readonly monotonicMs: number;
  readonly systemMs: number;
  readonly synchronised: boolean;
  /** When the newest signed data was signed; undefined while there is none. */
  readonly floorMs: number | undefined;
  /** No ride was taken lately. */
  readonly quiet: boolean;
  /** What ride codes say about the system clock. */
  readonly codes?: Pick<CodeWitness, 'against' | 'aheadOfFeedMs' | 'offsetMs'>;
  /** A GNSS time that came since the last look. */
  readonly fix?: { readonly timeMs: number; readonly monotonicMs: number };
}

/** Nothing happened before this firmware was written. */
export const earliestMs = Date.UTC(2022, 4, 1);
const dayMs = 86_400_000;
/** Nor does it run for longer than this. */
export const latestMs = earliestMs + 20 * 365 * dayMs;
const borneOutDays = 30;
const rolloverMs = 1024 * 7 * dayMs;
/** Signed data may be dated after the clock by this. */
export const floorToleranceMs = 60_000;
const maxAheadMs = 366 * dayMs;
const jumpMs = 120_000;
const witnessMs = 3_600_000;
const fixesAgreeWithinMs = 2000;
const fixesNeeded = 3;
/** After this long without a word, a receiver no longer counts. */
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

/**
 * The earliest and the latest time that any of the sources tells, not only the believed one: the feed must be able to bring
 * the data that is the witness which shows the believed one wrong. While no time is believed, the dates on the bus may be
 * what is wrong, and do not count.
 * @returns Unix milliseconds; undefined if no source tells a time that can be
 */
export function timesTold(
  belief: TimeBelief,
  { monotonicMs, systemMs, floorMs }: Pick<TimeEvidence, 'monotonicMs' | 'systemMs' | 'floorMs'>,
): { readonly earliest: number; readonly latest: number } | undefined {
  const range: Range = { floorMs: belief.plausible ? floorMs : undefined };
  const told = [systemMs, gnssTime(belief, monotonicMs) ?? Number.NaN].filter(time =>
    isPlausible(time, range),
  );
  if (belief.plausible) told.push(monotonicMs + belief.offsetMs);
  return told.length === 0 ? undefined : { earliest: Math.min(...told), latest: Math.max(...told) };
}

/** What a GNSS receiver tells that has agreed with itself. */
export function gnssTime({ gnss }: TimeBelief, monotonicMs: number): number | undefined {
  return isAgreed(gnss) ? monotonicMs + gnss.offsetMs : undefined;
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
  const told = toldByCodes(evidence);
  const isToldByCodes = told !== undefined && !isFar(chosen.offsetMs, told);
  const mayFollow =
    !held || evidence.quiet || forwardBySynchronised || isToldByCodes || before.source === 'codes';
  if (!mayFollow && isFar(chosen.offsetMs, before.anchorMs)) {
    const problem = `${chosen.source} says ${text(at + chosen.offsetMs)}: not followed while rides are taken`;
    return { ...before, gnss, problem };
  }
  const anchorMs = mayFollow ? chosen.offsetMs : before.anchorMs;
  const problem = systemProblem(chosen, evidence) ?? gnssProblem(gnss, chosen, evidence);
  return { ...chosen, plausible: true, problem, gnss, anchorMs };
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
  const codes = toldByCodes(evidence);
  if (codes !== undefined) candidates.push({ source: 'codes', offsetMs: codes });
  candidates.push({ source: 'system', offsetMs: system });
  const plausible = candidates.filter(({ offsetMs }) => isPlausible(monotonicMs + offsetMs, evidence));
  const [best, other] = plausible;
  const isContradicted =
    best?.source === 'gnss' && other !== undefined && isFar(best.offsetMs, other.offsetMs);
  if (!isContradicted || isWitnessed(monotonicMs + best.offsetMs, evidence)) return best;
  // Codes are signed, too.
  return evidence.floorMs === undefined && other.source === 'system' ? best : other;
}

/** Data that has come since then is no earlier than the time now. */
function toldByCodes({
  codes,
  monotonicMs,
  floorMs = Number.NEGATIVE_INFINITY,
}: TimeEvidence): number | undefined {
  return codes?.offsetMs === undefined ? undefined : Math.max(codes.offsetMs, floorMs - monotonicMs);
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

/** A repeated time is no news: otherwise a receiver that stands still would stop the clock unnoticed. */
function hearAgain(before: GnssBelief, monotonicMs: number): GnssBelief {
  const isStuck = monotonicMs - before.heardAtMs > fixesAgreeWithinMs;
  return isStuck ? { ...before, agreeing: 0, jumped: true } : before;
}

/** Corrected only if something else agrees: a wrong date may also land in the plausible year. */
function unrolled(timeMs: number, evidence: TimeEvidence): number {
  if (isPlausible(timeMs, evidence)) return timeMs;
  const { systemMs, floorMs = Number.NaN } = evidence;
  const isBorneOut = (time: number) =>
    Math.abs(time - systemMs) <= dayMs || Math.abs(time - floorMs) <= borneOutDays * dayMs;
  const later = [1, 2].map(times => timeMs + times * rolloverMs);
  return later.find(time => isPlausible(time, evidence) && isBorneOut(time)) ?? timeMs;
}

/** The system clock, where codes speak against it and nothing better is there, or where nothing says who is right. */
function systemProblem({ source, offsetMs }: Candidate, evidence: TimeEvidence): string | undefined {
  const { monotonicMs, systemMs, floorMs, codes } = evidence;
  // No times of day here: each minute would be another fault.
  const aheadMs = systemMs - monotonicMs - offsetMs;
  const aheadMin = Math.round(aheadMs / 60_000);
  const isUndecided = floorMs === undefined && Math.abs(aheadMs) > jumpMs && isPlausible(systemMs, evidence);
  if (source === 'gnss' && isUndecided) {
    const where = aheadMin > 0 ? `${aheadMin} min ahead of` : `${-aheadMin} min behind`;
    return `the system clock is doubted: it is ${where} gnss, and no signed data is here to tell which is right`;
  }
  if (source === 'codes') {
    return `the system clock is doubted: it is ${aheadMin} min ahead of ride codes and signed data`;
  }
  const { against, aheadOfFeedMs } = codes ?? noWitness;
  if (source !== 'system') return undefined;
  if (aheadOfFeedMs !== undefined) {
    const feedMin = Math.round(aheadOfFeedMs / 60_000);
    return `the system clock is doubted: it is ${feedMin} min ahead of what the feed has just signed`;
  }
  const count = against.length;
  if (count === 0) return undefined;
  const whose = count === 1 ? '1 passenger' : `${count} passengers`;
  return `the system clock is doubted: by it ride codes look expired that are newer than all signed data here (${whose})`;
}

/** A receiver that jumps, or steadily contradicts what is believed. */
function gnssProblem(gnss: GnssBelief | undefined, { offsetMs }: Candidate, { monotonicMs }: TimeEvidence) {
  if (gnss?.jumped) return 'gnss jumps or stands still: not believed';
  if (!isAgreed(gnss) || !isFar(gnss.offsetMs, offsetMs)) return undefined;
  return `gnss says ${text(monotonicMs + gnss.offsetMs)}: not believed`;
}

function text(timeMs: number): string {
  const time = new Date(timeMs);
  return Number.isNaN(time.getTime()) ? 'no time' : `${time.toISOString().slice(0, 16)}Z`;
}
