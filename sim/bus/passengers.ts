/** The passengers of the simulated bus: who they are, who carries what, and how their health code stands. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Status, statuses } from '../../device/core/check.ts';
import { describeIssues } from '../../device/kit/describe-issues.ts';
import { WrongUsage } from '../../device/kit/errors.ts';
import { didYouMean } from '../../device/kit/nearest-word.ts';
import { readYamlFile, section } from '../../device/kit/yaml-file.ts';
import { nameSchema, phoneSchema } from '../backoffice/registration/identity.ts';
import { cardImageSchema } from '../media/card-image.ts';
import { foreignCodes } from '../media/foreign-codes.ts';

const id = z.string().regex(/^[a-z][a-z0-9-]{0,23}$/, 'must be a short lower-case name');
/** `none`: the medium is not linked to a health code. */
const health = z.enum([...statuses, 'none']).default('none');
/** As the bus group knows the person; made up unless given. Passengers who share both are one person with several media. */
const person = { name: nameSchema.optional(), phone: phoneSchema.optional() };
/** Not a passenger's: a card with which the crew confirms. */
const crew = z.boolean().optional();
const day = z.iso.date();
/** Four bytes on the card. */
const balanceFen = z.int().min(0).max(0xffff_ffff).default(5000);
/** A code stores times as seconds in four bytes. */
const farthestS = 1e9;
/** What the issuer lends when the purse is empty: three bytes on the card. */
const overdraftLimitFen = z.int().min(0).max(0xff_ffff).optional();
const foreign = z.enum(Object.keys(foreignCodes) as (keyof typeof foreignCodes)[]);

const tUnion = section({
  id,
  ...person,
  health,
  medium: z.literal('t-union'),
  kind: z.enum(['ordinary', 'student', 'senior', 'test', 'military']).default('ordinary'),
  balanceFen,
  overdraftLimitFen,
  validTo: day.default('2040-12-31'),
  enabled: z.boolean().default(true),
  blacklisted: z.boolean().default(false),
  crew,
});
const bmac = section({
  id,
  ...person,
  health,
  medium: z.literal('bmac'),
  balanceFen,
  validTo: day.default('2040-12-31'),
  blacklisted: z.boolean().default(false),
  crew,
});
const otherCard = section({ id, ...person, health, medium: z.enum(['mifare', 'bank']) });
const cardImage = section({
  id,
  ...person,
  health,
  medium: z.literal('card-image'),
  /** One of the two: beside the list, or here. */
  file: z.string().min(1).optional(),
  image: cardImageSchema.optional(),
}).refine(({ file, image }) => (file === undefined) !== (image === undefined), {
  path: ['file'],
  error: 'a card image is in a file or here as image: one of the two',
});
const phone = section({
  id,
  ...person,
  health,
  medium: z.literal('ride-code'),
  /** Age of the code when it is shown; negative for a phone whose clock is fast. */
  ageS: z.int().min(-farthestS).max(farthestS).default(0),
  /** Shows another system's code instead. */
  foreign: foreign.optional(),
});

export const passengerSchema = z.discriminatedUnion('medium', [tUnion, bmac, otherCard, cardImage, phone]);
type Given = z.infer<typeof passengerSchema>;
export type Passenger = Given & { readonly name: string; readonly phone: string };

export const passengersSchema = z
  .array(passengerSchema)
  .min(1)
  .max(500)
  .refine(
    passengers => new Set(passengers.map(p => p.id)).size === passengers.length,
    'two passengers have the same id',
  )
  .transform(passengers => passengers.map(named))
  .refine(
    isOneHealthEach,
    'one person with two media has one health code: give the same health with each of them',
  );

const passengerList = section({ passengers: passengersSchema });

const stems = '甲乙丙丁戊己庚辛壬癸';
const firstPhone = 13_800_000_001;

/** @param index makes the names of one list differ */
export function named(given: Given, index: number): Passenger {
  const stem = [...String(index)].map(digit => stems[Number(digit)]).join('');
  const { name = `乘客${stem}`, phone = String(firstPhone + index) } = given;
  return { ...given, name, phone };
}

export function isOneHealthEach(passengers: readonly Passenger[]): boolean {
  const healthOf = new Map(passengers.map(p => [personOf(p), p.health]));
  return passengers.every(p => healthOf.get(personOf(p)) === p.health);
}

/** One key for all media of a person. */
export function personOf({ name, phone }: Pick<Passenger, 'name' | 'phone'>): string {
  return `${phone} ${name}`;
}

/** @throws FileProblems */
export function readPassengers(file: string): Passenger[] {
  return withFilesFrom(file, readYamlFile(file, passengerList, undefined, describeIssues).passengers);
}

/** Resolves the paths of card images, which are relative to the file. */
export function withFilesFrom(file: string, passengers: readonly Passenger[]): Passenger[] {
  return passengers.map(p =>
    p.medium === 'card-image' && p.file !== undefined ? { ...p, file: resolve(file, '..', p.file) } : p,
  );
}

const linked = (status: Status) => ({ health: status });

/** One passenger for each thing that can happen at a validator. */
export const usualPassengers: readonly Passenger[] = passengerList.parse({
  passengers: [
    { id: 'wang', name: '王伟', medium: 't-union', ...linked('green') },
    {
      id: 'li-student',
      name: '李小雨',
      medium: 't-union',
      kind: 'student',
      balanceFen: 380,
      ...linked('green'),
    },
    {
      id: 'zhao-senior',
      name: '赵秀英',
      medium: 't-union',
      kind: 'senior',
      balanceFen: 0,
      ...linked('green'),
    },
    { id: 'chen-old-card', name: '陈建国', medium: 'bmac', ...linked('green') },
    { id: 'sun-yellow', name: '孙丽', medium: 't-union', ...linked('yellow') },
    { id: 'zhou-red', name: '周强', medium: 'bmac', ...linked('red') },
    { id: 'wu-popup', name: '吴敏', medium: 'ride-code', ...linked('popup') },
    { id: 'zheng-unknown', name: '郑浩', medium: 't-union', ...linked('unknown') },
    { id: 'feng-not-linked', name: '冯静', medium: 't-union' },
    { id: 'zhu-phone', name: '朱琳', medium: 'ride-code', ...linked('green') },
    { id: 'qin-old-code', name: '秦朗', medium: 'ride-code', ageS: 600, ...linked('green') },
    { id: 'he-alipay', name: '何洁', medium: 'ride-code', foreign: 'alipay' },
    { id: 'lu-expired', name: '吕平', medium: 't-union', validTo: '2022-01-31', ...linked('green') },
    { id: 'shi-blacklisted', name: '施磊', medium: 't-union', blacklisted: true, ...linked('green') },
    { id: 'zhang-empty', name: '张燕', medium: 't-union', balanceFen: 20, ...linked('green') },
    { id: 'kong-door-card', name: '孔晨', medium: 'mifare' },
    { id: 'cao-bank-card', name: '曹睿', medium: 'bank' },
  ],
}).passengers;

export function noPassenger(id: string, known: readonly Passenger[]): WrongUsage {
  const ids = known.map(passenger => passenger.id);
  return new WrongUsage(`there is no passenger ${id}${didYouMean(id, ids) || ': type list'}`);
}
