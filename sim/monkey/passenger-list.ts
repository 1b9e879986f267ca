/** The monkey's passengers: every kind of medium, with health codes that differ from chapter to chapter. */
import { type Passenger, passengersSchema, personOf, usualPassengers } from '../bus/passengers.ts';
import type { Random } from '../media/random.ts';
import type { Health } from './oracle-world.ts';

/** They come in addition to the usual passengers. */
const others = passengersSchema.parse(
  [
    { id: 'ma-card', name: '马超', phone: '13900000001', medium: 't-union' },
    { id: 'ma-phone', name: '马超', phone: '13900000001', medium: 'ride-code' },
    { id: 'ma-old-card', name: '马超', phone: '13900000001', medium: 'bmac', balanceFen: 100 },
    { id: 'deng-disabled', medium: 't-union', enabled: false },
    { id: 'xu-test', medium: 't-union', kind: 'test', balanceFen: 99 },
    { id: 'shen-military', medium: 't-union', kind: 'military', balanceFen: 999 },
    { id: 'zeng-student', medium: 't-union', kind: 'student', balanceFen: 60 },
    { id: 'peng-old-expired', medium: 'bmac', validTo: '2021-12-31' },
    { id: 'lv-old-blocked', medium: 'bmac', blacklisted: true },
    { id: 'gao-fast-clock', medium: 'ride-code', ageS: -120 },
    { id: 'lin-tencent', medium: 'ride-code', foreign: 'tencent' },
    { id: 'luo-unionpay', medium: 'ride-code', foreign: 'unionpay' },
    { id: 'song-url', medium: 'ride-code', foreign: 'url' },
  ].map((passenger, i) => ({ phone: String(13_911_000_000 + i), ...passenger })),
);

const healths: readonly [Health, ...Health[]] = [
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
  const healthOf = new Map<string, Health>();
  return [...usualPassengers, ...others].map(passenger => {
    if (!isLinkable(passenger)) return passenger;
    const health = healthOf.get(personOf(passenger)) ?? random.pick(healths);
    healthOf.set(personOf(passenger), health);
    return { ...passenger, health };
  });
}

/** Whether the bus group can know the owner of this medium. */
export function isLinkable(passenger: Passenger): boolean {
  if (passenger.medium === 'ride-code') return passenger.foreign === undefined;
  return passenger.medium === 't-union' || passenger.medium === 'bmac';
}
