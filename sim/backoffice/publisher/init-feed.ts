/** Makes a feed: its signing keys, the first fleet key, and a first version without any link. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { toHex } from '../../../device/core/bytes.ts';
import { messageOf } from '../../../device/errors.ts';
import { writeDurably } from '../../../sync/durable-file.ts';
import { type FleetKey, readFleetKeys } from '../../../sync/fleet-keys.ts';
import { WrongUsage } from '../../wrong-usage.ts';
import { feedPlaces } from './feed-places.ts';
import { noPeople } from './people-columns.ts';
import { openPublisher } from './publisher.ts';
import { initRepository } from './tuf-repository.ts';

/** Paths of what a validator is given. */
export interface FeedTrust {
  /** The initial root metadata. */
  readonly root: string;
  /** The fleet keys; secret. */
  readonly keys: string;
}

/**
 * @param now Unix milliseconds
 * @throws WrongUsage when `dir` holds a feed already, or cannot be made
 */
export function initFeed(dir: string, now: number): FeedTrust {
  const { fleetKeys } = feedPlaces(dir);
  if (existsSync(fleetKeys)) throw new WrongUsage(`${dir} holds a feed already: ${fleetKeys}`);
  makeDirectory(dir);
  const { root } = initRepository(dir, now);
  writeFleetKeys(fleetKeys, [newFleetKey(1)]);
  const publisher = openPublisher(dir);
  publisher.publishAll(noPeople, () => '', { now });
  publisher.close();
  return { root, keys: fleetKeys };
}

function makeDirectory(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (error) {
    throw new WrongUsage(messageOf(error));
  }
}

/** Keys a validator still holds after a rotation, for the data it has until the next sync. */
const keysKept = 2;

/** A new fleet key: the next publication is a snapshot under it. Validators must have it before. */
export function rotateFleetKey(dir: string): void {
  const { fleetKeys } = feedPlaces(dir);
  const keys = readFleetKeys(fleetKeys);
  const newest = Number(/\d+$/.exec(keys[0].id)?.[0] ?? keys.length);
  writeFleetKeys(fleetKeys, [newFleetKey(newest + 1), ...keys.slice(0, keysKept - 1)]);
}

function newFleetKey(number: number): FleetKey {
  return { id: `fleet-${number}`, key: randomBytes(32) };
}

function writeFleetKeys(path: string, keys: readonly FleetKey[]): void {
  const text = JSON.stringify({ keys: keys.map(({ id, key }) => ({ id, key: toHex(key) })) });
  writeDurably(path, `${text}\n`, 0o600);
}
