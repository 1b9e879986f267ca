/**
 * What a ride costs, from where and when somebody got on and off.
 *
 * What the bus does not know (a stop, the boarding) is taken in the passenger's favour: the fare of the shortest ride. Only
 * not tapping off costs more: the undiscounted fare to the farther end of the line, so that leaving it out never pays.
 */
import type { FareTable } from './fare-table.ts';
import { discountedFen, type Payer, ridesFree, undiscountedFen } from './price.ts';
import { longestM, type Route, toFartherEndM, wayBetween } from './route.ts';

export interface RideTap {
  /** Undefined where the bus did not know its stop. */
  readonly stop: string | undefined;
  /** Unix milliseconds; NaN where no time was known. */
  readonly at: number;
}

export interface Ride {
  readonly route: Route;
  /** That of the time of boarding. */
  readonly table: FareTable;
  readonly payer: Payer;
  /** One of them at least. */
  readonly on: RideTap | undefined;
  readonly off: RideTap | undefined;
}

export const fareReasons = [
  'free',
  'flat',
  'distance',
  /** On and off at one stop. */
  'same-stop',
  /** Off at a stop that no bus of the line reaches from there: the bus's stop was wrong, or somebody stayed on at its end. */
  'wrong-direction',
  'unknown-stop',
  'no-tap-on',
  'no-tap-off',
  /** On and off too far apart in time to be one ride: as if nobody had tapped off. */
  'too-long',
] as const;
export type FareReason = (typeof fareReasons)[number];

export interface RideFare {
  readonly fareFen: number;
  /** Undefined where it is not known. */
  readonly distanceM: number | undefined;
  readonly reason: FareReason;
}

export function rideFare(ride: Ride): RideFare {
  const { route, table, payer, on, off } = ride;
  const distance = distanceOf(ride);
  if (ridesFree(table, payer)) return { ...distance, fareFen: 0, reason: 'free' };
  const baseFen = discountedFen(table, payer, table.baseFen);
  if (table.flatLines.includes(route.line)) return { ...distance, fareFen: baseFen, reason: 'flat' };
  if (on === undefined) return { ...distance, fareFen: baseFen, reason: 'no-tap-on' };
  if (off === undefined) return { ...distance, fareFen: mostFen(ride, on), reason: 'no-tap-off' };
  // Two times of which one is not known say nothing against the passenger.
  if (off.at - on.at > table.rideMaxS * 1000) {
    return { distanceM: undefined, fareFen: mostFen(ride, on), reason: 'too-long' };
  }
  if (distance.distanceM === undefined) return { ...distance, fareFen: baseFen, reason: 'unknown-stop' };
  return {
    ...distance,
    fareFen: discountedFen(table, payer, undiscountedFen(table, distance.distanceM)),
  };
}

/** The most that a ride begun here can cost: what a ride without a tap-off costs. */
export function mostFen({ route, table, payer }: Omit<Ride, 'on' | 'off'>, on: RideTap): number {
  if (ridesFree(table, payer)) return 0;
  if (table.flatLines.includes(route.line)) return discountedFen(table, payer, table.baseFen);
  const distanceM = on.stop === undefined ? undefined : toFartherEndM(route, on.stop);
  return distanceM === undefined ? table.baseFen : undiscountedFen(table, distanceM);
}

/** The undiscounted fare of the line's longest ride: no ride costs more. */
export function dearestFen(route: Route, table: FareTable): number {
  return table.flatLines.includes(route.line) ? table.baseFen : undiscountedFen(table, longestM(route));
}

function distanceOf({ route, on, off }: Ride): Pick<RideFare, 'distanceM' | 'reason'> {
  if (on?.stop === undefined || off?.stop === undefined) {
    return { distanceM: undefined, reason: 'unknown-stop' };
  }
  const way = wayBetween(route, on.stop, off.stop);
  if (way === undefined) return { distanceM: undefined, reason: 'unknown-stop' };
  const reason = on.stop === off.stop ? 'same-stop' : way.backwards ? 'wrong-direction' : 'distance';
  return { distanceM: way.distanceM, reason };
}
