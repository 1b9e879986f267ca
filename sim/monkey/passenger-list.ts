/** Whom the monkey lets ride: every kind of medium, with health codes that differ from ride to ride. */
import type { Status } from '../../device/core/check.ts';
import { type Passenger, usualPassengers } from '../bus/passengers.ts';
import type { Random } from '../media/random.ts';

const healths: readonly [Status | 'none', ...(Status | 'none')[]] = [
  'green',
  'green',
  'green',
  'yellow',
  'red',
  'popup',
  'unknown',
  'none',
];

export function monkeyPassengers(random: Random): Passenger[] {
  return usualPassengers.map(passenger =>
    isLinkable(passenger) ? { ...passenger, health: random.pick(healths) } : passenger,
  );
}

/** Whether the bus group can know whose it is. */
export function isLinkable(passenger: Passenger): boolean {
  if (passenger.medium === 'ride-code') return passenger.foreign === undefined;
  return passenger.medium === 't-union' || passenger.medium === 'bmac';
}
