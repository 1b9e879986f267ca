/** The passengers of the simulated bus: who carries what, and how their health code stands. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Status, statuses } from '../../device/core/check.ts';
import { readYamlFile, section } from '../../device/settings/yaml-file.ts';
import { foreignCodes } from '../media/foreign-codes.ts';

const id = z.string().regex(/^[a-z][a-z0-9-]{0,23}$/, 'must be a short lower-case name');
/** `none`: the medium is not linked to a health code. */
const health = z.enum([...statuses, 'none']).default('none');
const day = z.iso.date();
const foreign = z.enum(Object.keys(foreignCodes) as (keyof typeof foreignCodes)[]);

const tUnion = section({
  id,
  health,
  medium: z.literal('t-union'),
  kind: z.enum(['ordinary', 'student', 'senior', 'test', 'military']).default('ordinary'),
  balanceFen: z.int().min(0).default(5000),
  validTo: day.default('2040-12-31'),
  enabled: z.boolean().default(true),
  blacklisted: z.boolean().default(false),
});
const bmac = section({
  id,
  health,
  medium: z.literal('bmac'),
  balanceFen: z.int().min(0).default(5000),
  validTo: day.default('2040-12-31'),
  blacklisted: z.boolean().default(false),
});
const otherCard = section({ id, health, medium: z.enum(['mifare', 'bank']) });
const cardImage = section({ id, health, medium: z.literal('card-image'), file: z.string().min(1) });
const phone = section({
  id,
  health,
  medium: z.literal('ride-code'),
  /** How long before it is shown the code was made; negative for a phone whose clock is fast. */
  ageS: z.int().default(0),
  /** Shows another system's code instead. */
  foreign: foreign.optional(),
});

const passenger = z.discriminatedUnion('medium', [tUnion, bmac, otherCard, cardImage, phone]);
export type Passenger = z.infer<typeof passenger>;

export const passengersSchema = z
  .array(passenger)
  .min(1)
  .max(500)
  .refine(
    passengers => new Set(passengers.map(p => p.id)).size === passengers.length,
    'two passengers have the same id',
  );
const passengerList = section({ passengers: passengersSchema });

/** @throws FileProblems */
export function readPassengers(file: string): Passenger[] {
  return withFilesFrom(file, readYamlFile(file, passengerList).passengers);
}

/** The paths of card images in a file are relative to it. */
export function withFilesFrom(file: string, passengers: readonly Passenger[]): Passenger[] {
  return passengers.map(p => (p.medium === 'card-image' ? { ...p, file: resolve(file, '..', p.file) } : p));
}

const linked = (status: Status) => ({ health: status });

/** One for each thing that can happen at a validator. */
export const usualPassengers: readonly Passenger[] = passengerList.parse({
  passengers: [
    { id: 'wang', medium: 't-union', ...linked('green') },
    { id: 'li-student', medium: 't-union', kind: 'student', balanceFen: 380, ...linked('green') },
    { id: 'zhao-senior', medium: 't-union', kind: 'senior', balanceFen: 0, ...linked('green') },
    { id: 'chen-old-card', medium: 'bmac', ...linked('green') },
    { id: 'sun-yellow', medium: 't-union', ...linked('yellow') },
    { id: 'zhou-red', medium: 'bmac', ...linked('red') },
    { id: 'wu-popup', medium: 'ride-code', ...linked('popup') },
    { id: 'zheng-unknown', medium: 't-union', ...linked('unknown') },
    { id: 'feng-not-linked', medium: 't-union' },
    { id: 'zhu-phone', medium: 'ride-code', ...linked('green') },
    { id: 'qin-old-code', medium: 'ride-code', ageS: 600, ...linked('green') },
    { id: 'he-alipay', medium: 'ride-code', foreign: 'alipay' },
    { id: 'lu-expired', medium: 't-union', validTo: '2022-01-31', ...linked('green') },
    { id: 'shi-blacklisted', medium: 't-union', blacklisted: true, ...linked('green') },
    { id: 'zhang-empty', medium: 't-union', balanceFen: 20, ...linked('green') },
    { id: 'kong-door-card', medium: 'mifare' },
    { id: 'cao-bank-card', medium: 'bank' },
  ],
}).passengers;
