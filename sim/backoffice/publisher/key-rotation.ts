/**
 * New keys for a feed, announced by a new version of the root metadata.
 *
 * The new root metadata is the turning point: before it the old key counts, after it the new one; both are on
 * the disk then (see signing-keys.ts for a crash between the steps). One process at a time may rotate or publish.
 */
import { feedPlaces } from './feed-places.ts';
import { signed, writeMetadata } from './metadata-file.ts';
import { createRoot, newestRoot, type RootVersion } from './root-metadata.ts';
import {
  createSigningKey,
  findKey,
  installSuccessor,
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
  const { onlineKey, rootKey } = feedPlaces(dir);
  const { version, keys } = newestRoot(dir);
  const root = takeKey(rootKey, keys.root.keyID);
  findKey(onlineKey, keys.online.keyID); // out of the successor's way, should it have waited there
  const next = createSigningKey();
  writeSuccessor(onlineKey, next);
  writeRoot(dir, { version: version + 1, keys: { ...keys, online: next.public } }, now, [root]);
  installSuccessor(onlineKey);
}

/**
 * A new root key; its metadata is signed by the old and the new one. What is published stays good.
 *
 * @param now Unix milliseconds; the root metadata expires two years later
 * @throws WrongUsage when `dir` holds no feed or its root key is not at hand; nothing has changed then
 */
export function rotateRootKey(dir: string, now: number): void {
  const { rootKey } = feedPlaces(dir);
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
