/** Wraps the newest epoch's key for each enrolled device, in a small file of its own: `keys/<epoch>/<name>`. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { syncPath } from '../../../device/kit/durable-file.ts';
import { fileNameOf, wrapFor } from '../../keys/device-key.ts';
import { feedPlaces } from '../feed-places.ts';
import { doubtOf, type SigningDates } from '../signing-clock.ts';
import { type Device, readDevices } from './devices.ts';
import { type EpochKey, isEpochDue, readEpochs, startEpoch } from './epoch-keys.ts';

/** Files under way at once: a disk shares the waiting. */
const atOnce = 32;

/**
 * Call it before each publication. Whatever a crash has left undone, no version is published under a key that the
 * devices cannot have.
 * @param dates of the version to be published; by a clock that is in doubt no epoch ends
 * @returns the newest key
 */
export async function keepEpoch(dir: string, dates: SigningDates): Promise<EpochKey> {
  const { now } = dates;
  const epochs = readEpochs(dir);
  const [newest] = epochs.keys;
  const isDue = isEpochDue(epochs, now) && doubtOf(dir, dates) === undefined;
  const key = newest === undefined || isDue ? startEpoch(dir, now) : newest;
  await deliverKeys(dir);
  return key;
}

/** Writes the files that are missing, and removes those of devices that were revoked and of epochs that are gone. */
export async function deliverKeys(dir: string): Promise<void> {
  const { keys } = feedPlaces(dir);
  const epochs = readEpochs(dir).keys;
  const [newest] = epochs;
  if (newest === undefined) return;
  const devices = readDevices(dir);
  const [gone, enrolled] = [devices.filter(isRevoked), devices.filter(device => !isRevoked(device))];
  mkdirSync(join(keys, newest.id), { recursive: true, mode: 0o755 });
  for (const id of readdirSync(keys)) {
    const folder = join(keys, id);
    if (!epochs.some(epoch => epoch.id === id)) rmSync(folder, { recursive: true });
    else for (const device of gone) rmSync(join(folder, nameOf(device)), { force: true });
  }
  await writeMissing(join(keys, newest.id), newest, enrolled);
}

async function writeMissing(folder: string, key: EpochKey, devices: readonly Device[]): Promise<void> {
  const there = new Set(readdirSync(folder));
  const missing = devices.filter(device => !there.has(nameOf(device)));
  const next = missing.values();
  async function work(): Promise<void> {
    for (const device of next) await writeKey(join(folder, nameOf(device)), device, key);
  }
  await Promise.all(Array.from({ length: atOnce }, work));
  if (missing.length > 0) syncPath(folder);
}

async function writeKey(path: string, { publicKey }: Device, key: EpochKey): Promise<void> {
  const wrapped = await wrapFor(Buffer.from(publicKey, 'hex'), key).catch(() => undefined);
  // Nothing can be wrapped for some keys. The others get theirs.
  if (wrapped === undefined) return;
  // The back office and a command may both be at it.
  const building = `${path}.${randomBytes(4).toString('hex')}.new`;
  const file = await open(building, 'wx', 0o644);
  try {
    await file.writeFile(wrapped);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(building, path);
}

function nameOf({ publicKey }: Device): string {
  return fileNameOf(Buffer.from(publicKey, 'hex'));
}

function isRevoked({ revokedAt }: Device): boolean {
  return revokedAt !== undefined;
}
