/** The devices that the feed's keys are wrapped for: enrolled with a public key, revoked by name. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { feedPlaces } from '../feed-places.ts';

const deviceName = z.string().regex(/^[\w.-]{1,64}$/);
const device = z.strictObject({
  /** As in the validator's settings, for people to know it by. */
  id: deviceName,
  /** Raw X25519, 64 hex digits. */
  publicKey: z.string().regex(/^[0-9a-f]{64}$/),
  /** Unix milliseconds */
  addedAt: z.number(),
  /** Unix milliseconds */
  revokedAt: z.number().optional(),
});
const schema = z.strictObject({ devices: z.array(device).max(1_000_000) });

export type Device = z.infer<typeof device>;

/** @throws WrongUsage where the list cannot be read: nobody may be left out by mistake, or let in again */
export function readDevices(dir: string): readonly Device[] {
  const { devices } = feedPlaces(dir);
  if (!existsSync(devices)) return [];
  try {
    return schema.parse(JSON.parse(readFileSync(devices, 'utf8'))).devices;
  } catch {
    throw new WrongUsage(`${devices} is no list of devices`);
  }
}

/** @throws WrongUsage for a name or a key that is enrolled already, was revoked, or cannot be one */
export function addDevices(
  dir: string,
  added: readonly Pick<Device, 'id' | 'publicKey'>[],
  now: number,
): void {
  const devices = [...readDevices(dir)];
  const known = new Map(
    devices.flatMap(({ id, publicKey }) => [[id, id] as const, [publicKey, id] as const]),
  );
  for (const { id, publicKey } of added) {
    const checked = device.safeParse({ id, publicKey: publicKey.toLowerCase(), addedAt: now });
    if (!checked.success) throw new WrongUsage(`${id}: not a device's name and X25519 key of 64 hex digits`);
    const other = known.get(id) ?? known.get(checked.data.publicKey);
    if (other !== undefined) throw new WrongUsage(`${id}: enrolled or revoked before, as ${other}`);
    known.set(id, id).set(checked.data.publicKey, id);
    devices.push(checked.data);
  }
  writeDevices(dir, devices);
}

/** Left out of the next epoch. @throws WrongUsage where no such device is enrolled */
export function revokeDevice(dir: string, id: string, now: number): void {
  const devices = readDevices(dir);
  if (!devices.some(each => each.id === id && each.revokedAt === undefined))
    throw new WrongUsage(`${id}: no such device is enrolled`);
  writeDevices(
    dir,
    devices.map(each => (each.id === id ? { ...each, revokedAt: now } : each)),
  );
}

export function isDeviceName(text: string): boolean {
  return deviceName.safeParse(text).success;
}

/** Short enough to compare by eye. */
export function fingerprintOf({ publicKey }: Pick<Device, 'publicKey'>): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'hex')).digest('hex').slice(0, 16);
}

function writeDevices(dir: string, devices: readonly Device[]): void {
  writeDurably(feedPlaces(dir).devices, `${JSON.stringify({ devices })}\n`, 0o600);
}
