/** Makes a feed: its signing keys, the first epoch, the first device, and a first version without any link. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { writeDurably } from '../../device/kit/durable-file.ts';
import { orWrongUsage, WrongUsage } from '../../device/kit/errors.ts';
import { newPrivateKey, publicKeyOf } from '../keys/device-key.ts';
import { keysFileText } from '../keys/keys-file.ts';
import { addDevices } from './epochs/devices.ts';
import { defaultEpochHours, setEpochHours, startEpoch } from './epochs/epoch-keys.ts';
import { feedPlaces } from './feed-places.ts';
import { checkOwnFeed } from './own-feed.ts';
import { openPublisher } from './publisher.ts';
import type { GivenPlaces } from './signing/key-places.ts';
import { initRepository } from './signing/tuf-repository.ts';
import { noPeople } from './table/people-columns.ts';

/** Paths of what a validator is given. */
export interface FeedTrust {
  /** The initial root metadata. */
  readonly root: string;
  /** The first device's key; secret. */
  readonly keys: string;
}

/** The name of the first device. */
const firstDevice = 'first';

/**
 * Before a validator can follow, `deliverKeys` is to be called.
 * @param now Unix milliseconds
 * @param epochHours how long an epoch lasts
 * @param keyFiles where signing keys are to lie
 * @throws WrongUsage when `dir` holds a feed already, or cannot be made; FeedError when it is not its owner's alone
 */
export function initFeed(
  dir: string,
  now: number,
  epochHours = defaultEpochHours,
  keyFiles: GivenPlaces = {},
): FeedTrust {
  const { deviceKeys } = feedPlaces(dir);
  if (existsSync(deviceKeys)) throw new WrongUsage(`${dir} holds a feed already: ${deviceKeys}`);
  orWrongUsage(() => mkdirSync(dir, { recursive: true, mode: 0o755 }));
  checkOwnFeed(dir);
  const { root } = initRepository(dir, now, keyFiles);
  setEpochHours(dir, epochHours);
  startEpoch(dir, now);
  enrolNew(dir, firstDevice, deviceKeys, now);
  const publisher = openPublisher(dir);
  publisher.publishAll(noPeople, () => '', { now });
  publisher.close();
  return { root, keys: deviceKeys };
}

/**
 * Makes a device's key and enrols it; the private half is in the device's file alone.
 * @throws WrongUsage
 */
export function enrolNew(dir: string, id: string, keysFile: string, now: number): void {
  const publicKey = makeKeysFile(id, keysFile).toString('hex');
  try {
    addDevices(dir, [{ id, publicKey }], now);
  } catch (error) {
    rmSync(keysFile);
    throw error;
  }
}

/** @returns the public key that belongs to what it has written */
export function makeKeysFile(id: string, keysFile: string): Buffer {
  const privateKey = newPrivateKey();
  writeDurably(keysFile, keysFileText(id, privateKey), 0o600);
  return publicKeyOf(privateKey);
}
