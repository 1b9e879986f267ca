/** The validators whose rows are taken: enrolled with the public half of their signing key, revoked by name. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { orWrongUsage, WrongUsage } from '../../../device/kit/errors.ts';
import { newSeed, publicHalfOf } from '../../../sync/uplink/ed25519.ts';
import { officeName } from '../../../sync/uplink/topics.ts';
import { ownKeyText } from '../../../sync/uplink/uplink-keys.ts';
import { uplinkPlaces } from './office-keys.ts';

const device = z.strictObject({
  /** As in the validator's settings. */
  id: z.string().regex(/^[\w.-]{1,64}$/),
  /** Ed25519, 64 hex digits. */
  signingKey: z.string().regex(/^[0-9a-f]{64}$/),
  /** Unix milliseconds */
  addedAt: z.number(),
  /** Unix milliseconds */
  revokedAt: z.number().optional(),
  /** Unix milliseconds: since then nobody knows who has it. */
  stolenAt: z.number().optional(),
});
const schema = z.strictObject({ devices: z.array(device).max(1_000_000) });

export type Enrolled = z.infer<typeof device>;

/** @throws WrongUsage where the list cannot be read: nobody may be left out by mistake, or let in again */
export function readEnrolled(dir: string): readonly Enrolled[] {
  const { devices } = uplinkPlaces(dir);
  if (!existsSync(devices)) return [];
  try {
    return schema.parse(JSON.parse(readFileSync(devices, 'utf8'))).devices;
  } catch {
    throw new WrongUsage(`${devices} is no list of validators`);
  }
}

/** A validator that was given a new key is enrolled with it; the former one counts no more. @throws WrongUsage */
export function enrol(dir: string, id: string, signingKey: string, now: number): void {
  const { data: added } = device.safeParse({ id, signingKey: signingKey.toLowerCase(), addedAt: now });
  if (added === undefined)
    throw new WrongUsage(`${id}: not a validator's name and Ed25519 key of 64 hex digits`);
  if (id === officeName) throw new WrongUsage(`${id}: brokers know the back office by that name`);
  const others = readEnrolled(dir).filter(each => each.id !== id);
  const other = others.find(each => each.signingKey === added.signingKey);
  if (other !== undefined) throw new WrongUsage(`${id}: that key is ${other.id}'s`);
  write(dir, [...others, added]);
}

/** A whole fleet at once; who is on the list already stays there. @throws WrongUsage */
export function enrolAll(dir: string, added: readonly Enrolled[]): void {
  write(dir, [...readEnrolled(dir), ...added]);
}

/** Makes a validator's key file and enrols it; the private half is in that file alone. @throws WrongUsage */
export function enrolNew(dir: string, id: string, keyFile: string, now: number): void {
  const seed = newSeed();
  enrol(dir, id, publicHalfOf(seed).toString('hex'), now);
  orWrongUsage(() => writeDurably(keyFile, ownKeyText(id, seed), 0o600));
}

/** Nothing more is taken from it. @throws WrongUsage where no such validator is enrolled */
export function revoke(dir: string, id: string, now: number): void {
  const devices = readEnrolled(dir);
  if (!devices.some(each => each.id === id && each.revokedAt === undefined))
    throw new WrongUsage(`${id}: no such validator is enrolled`);
  write(
    dir,
    devices.map(each => (each.id === id ? { ...each, revokedAt: now } : each)),
  );
}

/** What it sends is still taken, unless it is revoked too, and listed. @throws WrongUsage where no such validator is enrolled */
export function reportStolen(dir: string, id: string, stolenAt: number): void {
  const devices = readEnrolled(dir);
  if (!devices.some(each => each.id === id)) throw new WrongUsage(`${id}: no such validator is enrolled`);
  write(
    dir,
    devices.map(each => (each.id === id ? { ...each, stolenAt } : each)),
  );
}

/** Looks at the list again when it has changed: commands change it while the back office runs. */
export function watchEnrolled(dir: string): (id: string) => Enrolled | undefined {
  let read: { readonly stamp: string; readonly devices: ReadonlyMap<string, Enrolled> } | undefined;
  const stampOf = () => {
    const found = statSync(uplinkPlaces(dir).devices, { throwIfNoEntry: false });
    return found === undefined ? 'none' : `${found.ino} ${found.mtimeMs} ${found.size}`;
  };
  return id => {
    const stamp = stampOf();
    if (read?.stamp !== stamp)
      read = { stamp, devices: new Map(readEnrolled(dir).map(each => [each.id, each])) };
    const found = read.devices.get(id);
    return found?.revokedAt === undefined ? found : undefined;
  };
}

function write(dir: string, devices: readonly Enrolled[]): void {
  orWrongUsage(() => writeDurably(uplinkPlaces(dir).devices, `${JSON.stringify({ devices })}\n`, 0o600));
}
