/**
 * The feed's keys, one for each epoch: under it accounts become tokens, and everything about people is sealed. A new epoch
 * begins with a snapshot, so that who has only the key of the one before learns nothing any more.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { toHex } from '../../../device/core/bytes.ts';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { WrongUsage } from '../../../device/kit/errors.ts';
import type { FleetKey } from '../../fleet-keys.ts';
import { feedPlaces, requireFeed } from '../feed-places.ts';

export interface EpochKey extends FleetKey {
  /** Unix milliseconds: when the epoch was begun. */
  readonly since: number;
}

export interface Epochs {
  /** How long one lasts. */
  readonly hours: number;
  /** The newest first. */
  readonly keys: readonly EpochKey[];
}

export const defaultEpochHours = 7 * 24;
export const maxEpochHours = 366 * 24;

/** With the key before the newest, deltas of its versions can still be read; older ones are gone for good. */
const keysKept = 2;

const schema = z.strictObject({
  hours: z.int().min(1).max(maxEpochHours),
  keys: z
    .array(
      z.strictObject({
        id: z.string().regex(/^epoch-\d{1,12}$/),
        key: z.string().regex(/^[0-9a-f]{64}$/),
        since: z.number(),
      }),
    )
    .max(16),
});

/** No keys where none has been made yet. @throws WrongUsage where the file cannot be used; never with its content */
export function readEpochs(dir: string): Epochs {
  const { epochKeys } = feedPlaces(dir);
  if (!existsSync(epochKeys)) return { hours: defaultEpochHours, keys: [] };
  try {
    const { hours, keys } = schema.parse(JSON.parse(readFileSync(epochKeys, 'utf8')));
    return { hours, keys: keys.map(({ id, key, since }) => ({ id, key: Buffer.from(key, 'hex'), since })) };
  } catch {
    throw new WrongUsage(`${epochKeys} holds no epoch keys`);
  }
}

/** The newest: what is published next is under it. @throws WrongUsage where there is none */
export function currentKey(dir: string): EpochKey {
  requireFeed(dir);
  const [key] = readEpochs(dir).keys;
  if (key === undefined) throw new WrongUsage(`${dir}: no key epoch yet; feed rotate --key fleet begins one`);
  return key;
}

/** The next publication is a snapshot under a new key. @param now Unix milliseconds */
export function startEpoch(dir: string, now: number): EpochKey {
  requireFeed(dir);
  const { hours, keys } = readEpochs(dir);
  const number = Number(/\d+$/.exec(keys[0]?.id ?? '0')?.[0]) + 1;
  const key = { id: `epoch-${number}`, key: randomBytes(32), since: now };
  writeEpochs(dir, { hours, keys: [key, ...keys].slice(0, keysKept) });
  return key;
}

/** From now on epochs last so long, the present one too. */
export function setEpochHours(dir: string, hours: number): void {
  writeEpochs(dir, { ...readEpochs(dir), hours });
}

/** An epoch begun by a clock that was far ahead does not last until then. */
export function isEpochDue({ hours, keys: [newest] }: Epochs, now: number): boolean {
  return newest === undefined || Math.abs(now - newest.since) >= hours * 3_600_000;
}

function writeEpochs(dir: string, { hours, keys }: Epochs): void {
  const text = JSON.stringify({
    hours,
    keys: keys.map(({ id, key, since }) => ({ id, key: toHex(key), since })),
  });
  writeDurably(feedPlaces(dir).epochKeys, `${text}\n`, 0o600);
}
