/**
 * Pairs and prices the rides of one ride code, from all its taps in the order of time. A code is charged afterwards, so its
 * validators need not know of each other.
 *
 * On one bus, an open ride is ended by the next tap within the longest ride, whatever that tap's validator took it for; a tap at the
 * same stop within a minute, or within the policy's repeat window, is the same tap once more, at whatever door.
 */
import { type RideFare, type RideTap, rideFare } from '../../../device/core/fare/ride.ts';
import { journalOf } from '../intake/trips-file.ts';
import { type RideEntry, rideOf, type Tap } from './ride-entry.ts';
import type { Tariff, Tariffs } from './tariffs.ts';

export interface Circumstances {
  readonly tariffs: Pick<Tariffs, 'at'>;
  /** What the validators of the bus have reported of that while. */
  reported(bus: string | null, from: number, to: number): Reports;
  /** Whether media may have got other tokens in that while. */
  changesTokens(from: number, to: number): boolean;
  /** Where a passenger says they got off. @param ride the row of getting on */
  madeUpStop(ride: number): string | undefined;
}

/** `never`: not all, and the rest is lost with its validator. */
export type Reports = 'all' | 'awaited' | 'never';

const sameStopMs = 60_000;
const payer = { kind: 'ride-code', cardKind: 'unknown' } as const;

/** What is known of a code on one bus. */
interface OnBus {
  open: Tap | undefined;
  last: Tap | undefined;
}

/** @param taps of one token, in the order of time; those that are no rides are passed over */
export function codeRides(taps: readonly Tap[], circumstances: Circumstances): RideEntry[] {
  const rides: RideEntry[] = [];
  const buses = new Map<string | null, OnBus>();
  /** The newest ride that is one tap. */
  const singles = new Map<string | null, { readonly tap: Tap; readonly ride: RideEntry }>();
  for (const tap of taps) {
    if (tap.ofRow !== null || tap.step === null) continue;
    if (tap.step === 'single') {
      const before = singles.get(tap.bus);
      if (
        before !== undefined &&
        isAtOtherDoor(before.tap, tap) &&
        isAtOnce(before.tap, tap, circumstances)
      ) {
        before.ride.rows.push(tap.id);
        continue;
      }
      const ride = charged(rideOf(tap), { fareFen: tap.fareFen, reason: null });
      singles.set(tap.bus, { tap, ride });
      rides.push(ride);
      continue;
    }
    const bus = buses.get(tap.bus) ?? { open: undefined, last: undefined };
    buses.set(tap.bus, bus);
    const { open } = bus;
    // Getting off is never refused: who was, at a door that did not know them, has got off all the same.
    if (tap.step === 'refused' && !(open !== undefined && isOneRide(open, tap, circumstances))) continue;
    if (isAgain(bus.last, tap, circumstances)) continue;
    bus.last = tap;
    bus.open = undefined;
    if (open !== undefined && isOneRide(open, tap, circumstances)) {
      rides.push(finished(open, tap, circumstances));
      continue;
    }
    if (open !== undefined) rides.push(unfinished(open, circumstances));
    if (tap.step === 'off') rides.push(withoutTapOn(tap, circumstances));
    else bus.open = tap;
  }
  for (const { open } of buses.values()) if (open !== undefined) rides.push(unfinished(open, circumstances));
  return rides;
}

/** What one validator has taken twice it meant so: the second is a companion's. */
function isAtOtherDoor(one: Tap, other: Tap): boolean {
  return one.bus !== null && journalOf(one.id) !== journalOf(other.id);
}

function isAgain(last: Tap | undefined, tap: Tap, circumstances: Circumstances): boolean {
  if (last === undefined) return false;
  const isSameStop = last.stop !== null && last.stop === tap.stop;
  return (isSameStop && tap.at - last.at < sameStopMs) || isAtOnce(last, tap, circumstances);
}

function isAtOnce(last: Tap, tap: Tap, { tariffs }: Circumstances): boolean {
  return tap.at - last.at < tariffs.at(tap.line, tap.at).repeatWindowS * 1000;
}

function isOneRide(on: Tap, off: Tap, { tariffs }: Circumstances): boolean {
  return off.at - on.at <= tariffs.at(on.line, on.at).table.rideMaxS * 1000;
}

function finished(on: Tap, off: Tap, { tariffs }: Circumstances): RideEntry {
  const ride = charged(rideOf(on), priceOf(tariffs.at(on.line, on.at), tapOf(on), tapOf(off)));
  ride.offAt = off.at;
  ride.offStop = off.stop;
  ride.rows.push(off.id);
  return ride;
}

/** Off under another token than on is not to be paid twice: the other half pays the shortest ride. */
function withoutTapOn(off: Tap, { tariffs, changesTokens }: Circumstances): RideEntry {
  const tariff = tariffs.at(off.line, off.at);
  const ride = rideOf(off);
  ride.onStop = null;
  ride.offAt = off.at;
  ride.offStop = off.stop;
  if (!changesTokens(off.at - tariff.table.rideMaxS * 1000, off.at))
    return charged(ride, priceOf(tariff, undefined, tapOf(off)));
  ride.state = 'across-epochs';
  ride.reason = 'no-tap-on';
  return ride;
}

function unfinished(on: Tap, circumstances: Circumstances): RideEntry {
  const tariff = circumstances.tariffs.at(on.line, on.at);
  const until = on.at + tariff.table.rideMaxS * 1000;
  const ride = rideOf(on);
  const stop = circumstances.madeUpStop(on.id);
  if (stop !== undefined) {
    ride.offStop = stop;
    ride.state = 'made-up';
    return charged(ride, priceOf(tariff, tapOf(on), { stop, at: on.at }));
  }
  charged(ride, priceOf(tariff, tapOf(on), undefined));
  if (circumstances.changesTokens(on.at, until)) return asShortest(ride, 'across-epochs', tariff);
  const reports = circumstances.reported(on.bus, on.at, until);
  if (reports === 'never') return asShortest(ride, 'unreported', tariff);
  ride.state = reports === 'all' ? 'unfinished' : 'waiting';
  if (reports === 'awaited') ride.paidFen = 0;
  return ride;
}

/** It may have ended at any stop. */
function asShortest(ride: RideEntry, state: RideEntry['state'], tariff: Tariff): RideEntry {
  ride.state = state;
  ride.fareFen = ride.paidFen = priceOf(tariff, undefined, undefined).fareFen;
  return ride;
}

function priceOf({ route, table }: Tariff, on: RideTap | undefined, off: RideTap | undefined): RideFare {
  return rideFare({ route, table, payer, on, off });
}

function charged(ride: RideEntry, { fareFen, reason }: Pick<RideEntry, 'fareFen' | 'reason'>): RideEntry {
  ride.fareFen = ride.paidFen = fareFen;
  ride.reason = reason;
  return ride;
}

function tapOf({ stop, at }: Tap): RideTap {
  return { stop: stop ?? undefined, at };
}
