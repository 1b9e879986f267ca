/** Settles a day of all lines: prices its rides, adds up what was paid, and finds what does not agree. */
import type Database from 'better-sqlite3';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { tripPlaces } from '../intake/trips-file.ts';
import { cardRides, joined, sameTimeMs } from './card-rides.ts';
import { publicCircumstances } from './circumstances.ts';
import { type Circumstances, codeRides } from './code-rides.ts';
import { readCompleteness } from './completeness.ts';
import { createTotals, type Totals } from './day-account.ts';
import { dayName, startOfDay } from './days.ts';
import { isForgotten } from './forget-trips.ts';
import { readRetired } from './retired.ts';
import type { RideEntry, Tap } from './ride-entry.ts';
import {
  type DayAccount,
  type Figures,
  openSettled,
  type SettledWriter,
  writeSettled,
} from './settled-file.ts';
import { checkTacs, type TacKeys } from './tac.ts';
import { createTapReader, type TapReader } from './tap-reader.ts';
import type { Tariffs } from './tariffs.ts';
import { wholeStoryOfCard, wholeStoryOfCode } from './whole-story.ts';

export interface SettleOptions {
  /** The back office's directory. */
  readonly dir: string;
  readonly trips: Database.Database;
  readonly tariffs: Tariffs;
  /** Days since 1970-01-01, Beijing's. */
  readonly day: number;
  /** Unix milliseconds */
  readonly now: number;
  readonly tac?: TacKeys | undefined;
}

interface Span {
  /** Unix milliseconds; `to` is beyond. */
  readonly from: number;
  readonly to: number;
}

/** All of it is of one moment: what comes meanwhile counts the next time. @throws WrongUsage where its trips are forgotten, DeviceError storage */
export function settleDay({ dir, trips, tariffs, day, now, tac }: SettleOptions): DayAccount {
  const name = dayName(day);
  if (isForgotten(trips, day))
    throw new WrongUsage(`${name}: its trips are forgotten, and its account stays as it is`);
  const { settled } = tripPlaces(dir);
  const earlier = earlierFigures(settled, name);
  const span = { from: startOfDay(day), to: startOfDay(day + 1) };
  const writer = writeSettled(settled, name);
  try {
    return trips.transaction(() => {
      const totals = createTotals();
      const waitingFor = settleRides({ dir, trips, tariffs, span, totals, writer });
      for (const { line, rows, reason } of refusals(trips, span))
        totals.refusal(line, rows, reason === 'denied');
      const tacs = checkTacs(trips, span.from, span.to, tac);
      for (const wrong of tacs.wrong) writer.finding({ ...wrong, what: 'wrong-tac' });
      const account: DayAccount = {
        ...{ day: name, settledAt: new Date(now).toISOString(), ...totals.all },
        ...{ tac: tacs.counts, waitingFor, earlier: [], lines: Object.fromEntries(totals.lines) },
      };
      const whole = { ...account, earlier: isSame(earlier.at(-1), account) ? earlier.slice(0, -1) : earlier };
      writer.finish(whole);
      return whole;
    })();
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

interface RideWork {
  readonly dir: string;
  readonly trips: Database.Database;
  readonly tariffs: Tariffs;
  readonly span: Span;
  readonly totals: Totals;
  readonly writer: SettledWriter;
}

/** @returns the validators that rides wait for */
function settleRides(work: RideWork): string[] {
  const { trips, tariffs, span, totals, writer } = work;
  const reader = createTapReader(trips);
  const { circumstances, waitingFor } = circumstancesOf(work);
  const seams = createSeams();
  const isOfDay = (at: number) => at >= span.from && at < span.to;
  const take = (ride: RideEntry) => {
    if (!isOfDay(ride.beganAt) || seams.keep(ride)) return;
    totals.ride(ride);
    writer.ride(ride);
  };
  for (const taps of reader.byMedium(span.from - tariffs.longestRideMs, span.to + tariffs.longestRideMs)) {
    if (!mayBeginRides(taps, span)) continue;
    if (taps[0]?.kind === 'ride-code') {
      for (const ride of codeRides(wholeStory(taps, reader, tariffs), circumstances)) take(ride);
      continue;
    }
    const { rides, findings } = cardRides(wholeStory(taps, reader, tariffs), circumstances);
    for (const ride of rides) take(ride);
    for (const finding of findings.filter(({ at }) => isOfDay(at))) {
      totals.finding(finding);
      writer.finding(finding);
    }
  }
  for (const ride of seams.joined()) {
    totals.ride(ride);
    writer.ride(ride);
  }
  return waitingFor();
}

/** A ride of the day may be known by nothing but its end. */
function mayBeginRides(taps: readonly Tap[], { from, to }: Span): boolean {
  return taps.some(({ at, onAt }) => (at >= from && at < to) || (onAt !== null && onAt >= from && onAt < to));
}

function wholeStory(taps: readonly Tap[], reader: TapReader, { longestRideMs }: Tariffs): readonly Tap[] {
  return taps[0]?.kind === 'ride-code'
    ? wholeStoryOfCode(taps, longestRideMs, reader)
    : wholeStoryOfCard(taps, reader);
}

/** What rides depend on besides their passengers' taps. */
function circumstancesOf({ dir, trips, tariffs }: RideWork) {
  const completeness = readCompleteness(trips, readRetired(dir));
  const waitingFor = new Set<string>();
  const circumstances: Circumstances = {
    ...publicCircumstances(trips, tariffs),
    reported(bus, from, to) {
      if (bus === null) return 'awaited';
      if (completeness.isLost(bus, from, to)) return 'never';
      const missing = completeness.missing(bus, from, to);
      for (const validator of missing) waitingFor.add(validator);
      return missing.length === 0 ? 'all' : 'awaited';
    },
  };
  return { circumstances, waitingFor: () => [...waitingFor].sort() };
}

/** Finds the two halves of a card's ride that have two tokens: an epoch has changed in between. */
function createSeams() {
  const begun = new Map<string, RideEntry>();
  const ended = new Map<string, RideEntry>();
  const single: RideEntry[] = [];
  return {
    /** @returns whether it is kept for `joined` */
    keep(ride: RideEntry): boolean {
      if (ride.seam === undefined) return false;
      const kept = ride.state === 'unfinished' ? begun : ended;
      if (ride.state !== 'unfinished' && ride.state !== 'complete') return false;
      if (kept.has(ride.seam)) single.push(ride);
      else kept.set(ride.seam, ride);
      return true;
    },
    *joined(): Iterable<RideEntry> {
      for (const [seam, on] of begun) {
        const off = ended.get(seam);
        const isOne = off !== undefined && Math.abs(off.beganAt - on.beganAt) <= sameTimeMs;
        yield isOne ? joined(on, off) : on;
        if (isOne) ended.delete(seam);
      }
      yield* ended.values();
      yield* single;
    },
  };
}

function refusals(trips: Database.Database, { from, to }: Span) {
  return trips
    .prepare<[number, number], { line: string; reason: string | null; rows: number }>(
      `SELECT line, reason, count(*) AS rows FROM tap INDEXED BY tap_at WHERE at >= ? AND at < ? AND event = 'tap'
       AND fare_taken = 0 AND verdict NOT IN ('repeat', 'alighted') GROUP BY line, reason`,
    )
    .all(from, to);
}

/** The figures of all settlements before, the last one's too. */
function earlierFigures(folder: string, day: string): DayAccount['earlier'] {
  const before = openSettled(folder, day);
  if (before === undefined) return [];
  before.close();
  const { rides, revenueFen, unfinished, differencesFen, settledAt, earlier } = before.account;
  return [...earlier, { rides, revenueFen, unfinished, differencesFen, settledAt }].slice(-maxEarlier);
}

const maxEarlier = 100;

function isSame(before: Figures | undefined, now: Figures): boolean {
  const mark = ({ rides, revenueFen, unfinished, differencesFen }: Figures) =>
    JSON.stringify([rides, Object.entries(revenueFen), unfinished, differencesFen]);
  return before !== undefined && mark(before) === mark(now);
}
