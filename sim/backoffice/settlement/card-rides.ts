/**
 * The rides of one card, from all that is known of its taps. A card carries its ride itself: the row of getting off says where and
 * when it began, so the row of getting on may be missing, late, or under another token.
 */

import { rideFare } from '../../../device/core/fare/ride.ts';
import { type CardKind, cardKinds } from '../../../device/core/medium.ts';
import type { Circumstances } from './code-rides.ts';
import { type Outcome, outcomesOf } from './purchases.ts';
import { type PurseFinding, purseFindings } from './purse-findings.ts';
import { type RideEntry, rideOf, type Tap } from './ride-entry.ts';

export interface CardAccount {
  readonly rides: readonly RideEntry[];
  readonly findings: readonly PurseFinding[];
}

/** A card keeps the second, and writes it a moment before or after the row. */
export const sameTimeMs = 60_000;

/** @param taps rows of one token, in the order of time */
export function cardRides(taps: readonly Tap[], circumstances: Circumstances): CardAccount {
  const outcomes = outcomesOf(taps);
  const rides: RideEntry[] = [];
  let open: Open | undefined;
  /** Has got off, but nothing could be written on its card, which pays as if it had not. */
  let unwritten: Open | undefined;
  /** The ride that got off last, by that tap: another door may end it once more, as the card still has it. */
  let last: Open | undefined;

  function close(): void {
    if (open !== undefined) rides.push(madeUp(open.ride, open.tap, circumstances));
    open = undefined;
  }

  for (const tap of inOrder(taps)) {
    const outcome = outcomes.get(tap.id);
    // What was not paid has not been ridden.
    if (outcome === 'not-paid') continue;
    if (tap.purchase === 'begun' && tap.owedFen) payOwed(tap, outcome);
    const ride = rideBy(tap, outcome);
    if (tap.step === 'single') rides.push(ride);
    else if (tap.step === 'on') {
      close();
      unwritten = undefined;
      open = { tap, ride: begun(tap, ride) };
    } else if (last !== undefined && isSameEnd(tap, last.tap)) {
      endAgain(last.ride, ended(tap, ride));
      if (tap.purchase === 'begun') unwritten = undefined;
    } else if (open !== undefined && isEndOf(tap, open.tap)) {
      last = { tap, ride: joined(open.ride, ended(tap, ride)) };
      rides.push(last.ride);
      unwritten = tap.purchase === 'begun' ? undefined : open;
      open = undefined;
    } else {
      close();
      last = { tap, ride: ended(tap, ride) };
      rides.push(last.ride);
    }
  }
  close();
  return { rides, findings: purseFindings(taps, outcomes) };

  function payOwed(tap: Tap, outcome: Outcome | undefined): void {
    if (open !== undefined && pays(tap, open.tap)) {
      take(open.ride, tap.owedFen ?? 0, outcome);
      open.ride.rows.push(tap.id);
      close();
      return;
    }
    if (unwritten !== undefined && pays(tap, unwritten.tap)) {
      payAll(unwritten.ride, tap, outcome);
      unwritten = undefined;
      return;
    }
    const earlier = rideOf(tap);
    earlier.state = 'earlier-ride';
    earlier.reason = 'no-tap-off';
    earlier.fareFen = tap.owedFen ?? 0;
    rides.push(take(earlier, tap.owedFen ?? 0, outcome));
  }
}

interface Open {
  readonly tap: Tap;
  readonly ride: RideEntry;
}

/** With what its card has paid for it, an earlier ride's share left out. */
function rideBy(tap: Tap, outcome: Outcome | undefined): RideEntry {
  const ride = rideOf(tap);
  const takenFen = tap.fareFen - (tap.owedFen ?? 0);
  ride.shortFen = tap.shortFen ?? 0;
  ride.fareFen = takenFen + ride.shortFen;
  if (tap.purchase === 'begun') return take(ride, takenFen, outcome);
  ride.dueFen = takenFen;
  return ride;
}

/** The card pays to the farther end for a ride of which it is known where it ended: what that is too much is to be given back. */
function payAll(ride: RideEntry, tap: Tap, outcome: Outcome | undefined): void {
  take(ride, tap.owedFen ?? 0, outcome);
  ride.rows.push(tap.id);
  if (outcome !== 'paid') return;
  ride.shortFen = Math.max(0, ride.fareFen - ride.paidFen);
  ride.refundFen = Math.max(0, ride.paidFen - ride.fareFen);
}

function take(ride: RideEntry, fen: number, outcome: Outcome | undefined): RideEntry {
  if (outcome === 'paid') ride.paidFen += fen;
  else ride.unresolvedFen += fen;
  return ride;
}

/** The next purchase of the card pays what it owes; after others elsewhere, the amount tells. */
function pays(tap: Tap, on: Tap): boolean {
  const isNext =
    tap.cardSequence !== null && on.cardSequence !== null && tap.cardSequence === on.cardSequence + 1;
  return isNext || tap.owedFen === on.mostFen;
}

function begun(on: Tap, ride: RideEntry): RideEntry {
  ride.fareFen = on.mostFen ?? 0;
  ride.state = 'unfinished';
  ride.reason = 'no-tap-off';
  ride.seam = seamOf(on, 1, on.fareFen);
  return ride;
}

function ended(off: Tap, ride: RideEntry): RideEntry {
  ride.beganAt = off.onAt ?? off.at;
  ride.onStop = off.onStop;
  ride.offAt = off.at;
  ride.offStop = off.stop;
  if (off.onAt !== null) ride.seam = seamOf(off, 0, 0);
  return ride;
}

function isEndOf(off: Tap, on: Tap): boolean {
  return off.onAt === null ? off.bus === on.bus : Math.abs(off.onAt - on.at) <= sameTimeMs;
}

/** Nothing was written when it got off before. */
function isSameEnd(off: Tap, before: Tap): boolean {
  if (before.purchase === 'begun' || off.onAt === null || before.onAt === null) return false;
  return off.bus === before.bus && Math.abs(off.onAt - before.onAt) <= sameTimeMs;
}

/** What the later tap says is due and short is so: the card has paid no more than that. */
function endAgain(ride: RideEntry, off: RideEntry): void {
  ride.dueFen = 0;
  joined(ride, off);
}

/** One ride of its two halves: `on` with what `off` says. */
export function joined(on: RideEntry, off: RideEntry): RideEntry {
  on.seam = undefined;
  on.state = 'complete';
  on.reason = null;
  on.onStop ??= off.onStop;
  on.offAt = off.offAt;
  on.offStop = off.offStop;
  on.fareFen = off.fareFen;
  on.shortFen = off.shortFen;
  on.paidFen += off.paidFen;
  on.dueFen += off.dueFen;
  on.unresolvedFen += off.unresolvedFen;
  on.rows.push(...off.rows);
  return on;
}

/** What the card holds after `paidFen`, and its counter after so many purchases. */
function seamOf(
  { bus, cardSequence, balanceFen }: Tap,
  purchases: number,
  paidFen: number,
): string | undefined {
  if (cardSequence === null || balanceFen === null) return undefined;
  return `${bus} ${cardSequence + purchases} ${balanceFen - paidFen}`;
}

/** The card still pays what is written on it: what that was too much is to be given back. */
function madeUp(ride: RideEntry, on: Tap, { tariffs, madeUpStop }: Circumstances): RideEntry {
  const stop = madeUpStop(on.id);
  if (stop === undefined) return ride;
  const { route, table } = tariffs.at(on.line, on.at);
  const payer = { kind: on.kind, cardKind: kindOf(on.cardKind) };
  const began = { stop: on.stop ?? undefined, at: on.at };
  const { fareFen, reason } = rideFare({ route, table, payer, on: began, off: { stop, at: on.at } });
  ride.offStop = stop;
  ride.state = 'made-up';
  ride.reason = reason;
  ride.fareFen = fareFen;
  ride.refundFen = Math.max(0, ride.paidFen - fareFen);
  return ride;
}

function kindOf(written: string | null): CardKind {
  return cardKinds.find(kind => kind === written) ?? 'unknown';
}

/** By the card's counter, which no clock can be wrong about, where all taps have it. */
function inOrder(taps: readonly Tap[]): readonly Tap[] {
  const rides = taps.filter(({ ofRow, step }) => ofRow === null && step !== null);
  if (rides.some(({ cardSequence }) => cardSequence === null)) return rides;
  return rides.sort((a, b) => (a.cardSequence ?? 0) - (b.cardSequence ?? 0) || a.at - b.at || a.id - b.id);
}
