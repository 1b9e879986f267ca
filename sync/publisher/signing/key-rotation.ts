/**
 * New keys for a feed, announced by a new version of the root metadata.
 *
 * The new root metadata is the turning point: before it the old key counts, after it the new one; both are on
 * the disk then (see signing-keys.ts for a crash between the steps). One process at a time may rotate or publish.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { type GivenPlaces, keyPlaces, placeKeys } from './key-places.ts';
import { signed, writeMetadata } from './metadata-file.ts';
import { readOutsideSigner } from './outside-signer.ts';
import { createRoot, newestRoot, type RootVersion } from './root-metadata.ts';
import {
  createSigningKey,
  findKey,
  installSuccessor,
  readSigningKey,
  type SigningKey,
  takeKey,
  writeSuccessor,
} from './signing-keys.ts';

/**
 * A new online key; needs the root key. What is published was signed by the old key and is refused by clients
 * from now on, so the caller publishes again at once. It also helps when the online key is lost.
 *
 * @param now Unix milliseconds; the root metadata expires two years later
 * @throws WrongUsage when `dir` holds no feed or its root key is not at hand; nothing has changed then
 */
export function rotateOnlineKey(dir: string, now: number): void {
  const { targets, online } = newestRoot(dir).keys;
  // Up to version 0.2 one key signed targets as well: it must not go on doing so.
  rotateKeys(dir, now, targets.keyID === online.keyID ? ['online', 'targets'] : ['online']);
}

/**
 * A new firmware key, or the feed's first; needs the root key. What it has signed before is refused from now on, so what is
 * published of firmware is to be signed again.
 *
 * @param made the file of a key that has been made already, or where the new one is to lie
 */
export function rotateFirmwareKey(dir: string, now: number, made?: string): void {
  const { version, keys } = newestRoot(dir);
  const root = takeKey(keyPlaces(dir).root, keys.root.keyID);
  const given = made === undefined ? undefined : readSigningKey(made);
  if (given !== undefined && given.public.keyID !== keys.firmware?.keyID) {
    given.sign(trial);
    writeRoot(dir, { version: version + 1, keys: { ...keys, firmware: given.public } }, now, [root]);
    placeKeys(dir, { firmwareKey: made });
    return;
  }
  placeKeys(dir, { firmwareKey: made });
  const { firmware: place } = keyPlaces(dir);
  requireOwn(place);
  if (keys.firmware !== undefined) findKey(place, keys.firmware.keyID);
  const successor = createSigningKey();
  writeSuccessor(place, successor);
  writeRoot(dir, { version: version + 1, keys: { ...keys, firmware: successor.public } }, now, [root]);
  installSuccessor(place);
}

const trial = Buffer.from('a trial: no metadata');

/**
 * A new targets key; otherwise as `rotateOnlineKey`.
 *
 * @param made the file of a key that has been made already, on a token; it signs a trial, and is used from now on
 */
export function rotateTargetsKey(dir: string, now: number, made?: string): void {
  const { version, keys } = newestRoot(dir);
  const key = made === undefined ? undefined : readSigningKey(made);
  if (key === undefined || key.public.keyID === keys.targets.keyID) {
    placeKeys(dir, { targetsKey: made });
    rotateKeys(dir, now, ['targets']);
    return;
  }
  const root = takeKey(keyPlaces(dir).root, keys.root.keyID);
  key.sign(trial); // a program that cannot sign must not be named in root metadata, which is there for good
  writeRoot(dir, { version: version + 1, keys: { ...keys, targets: key.public } }, now, [root]);
  placeKeys(dir, { targetsKey: made });
}

function rotateKeys(dir: string, now: number, roles: readonly ('online' | 'targets')[]): void {
  const places = keyPlaces(dir);
  const { version, keys } = newestRoot(dir);
  const root = takeKey(places.root, keys.root.keyID);
  const next = { ...keys };
  for (const role of roles) {
    requireOwn(places[role]);
    findKey(places[role], keys[role].keyID); // out of the successor's way, should it have waited there
    const successor = createSigningKey();
    writeSuccessor(places[role], successor);
    next[role] = successor.public;
  }
  writeRoot(dir, { version: version + 1, keys: next }, now, [root]);
  for (const role of roles) installSuccessor(places[role]);
}

/**
 * From now on keys are looked for there.
 *
 * @throws WrongUsage when another file is there, or none; the places are those of before then
 */
export function moveKeys(dir: string, given: GivenPlaces): void {
  const { root, targets, firmware } = newestRoot(dir).keys;
  if (given.rootKey !== undefined) takeKey(resolve(given.rootKey), root.keyID);
  if (given.targetsKey !== undefined) takeKey(resolve(given.targetsKey), targets.keyID);
  if (given.firmwareKey !== undefined && firmware !== undefined)
    takeKey(resolve(given.firmwareKey), firmware.keyID);
  placeKeys(dir, given);
}

/** Another key cannot be made where a program signs. */
function requireOwn(path: string): void {
  if (!existsSync(path) || readOutsideSigner(readFileSync(path, 'utf8')) === undefined) return;
  throw new WrongUsage(
    `${path}: a program signs with this key; give the file of the new one by --targets-key`,
  );
}

/**
 * A new root key; its metadata is signed by the old and the new one. What is published stays good.
 *
 * @param now Unix milliseconds; the root metadata expires two years later
 * @throws WrongUsage when `dir` holds no feed or its root key is not at hand; nothing has changed then
 */
export function rotateRootKey(dir: string, now: number): void {
  const { root: rootKey } = keyPlaces(dir);
  const { version, keys } = newestRoot(dir);
  const old = takeKey(rootKey, keys.root.keyID);
  const next = createSigningKey();
  writeSuccessor(rootKey, next);
  writeRoot(dir, { version: version + 1, keys: { ...keys, root: next.public } }, now, [old, next]);
  installSuccessor(rootKey);
}

function writeRoot(dir: string, root: RootVersion, now: number, signers: readonly SigningKey[]): void {
  writeMetadata(dir, `${root.version}.root.json`, signed(createRoot(root, now), signers));
}
