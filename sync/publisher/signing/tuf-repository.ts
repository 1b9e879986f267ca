/**
 * The writing side of a feed: a TUF 1.0 repository of static files, with consistent snapshots.
 *
 * Files are whole or not there, and timestamp.json comes last: what it does not name is not published yet, so a
 * reader sees the version before or this one. Keys are rotated in key-rotation.ts.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Metadata, MetadataKind, type MetaFile, Snapshot, Targets, Timestamp } from '@tufjs/models';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { timestampLifetimeMs } from '../../client/signed-dates.ts';
import { feedPlaces } from '../feed-places.ts';
import { type GivenPlaces, keyPlaces, newKeyPlaces, recordKeyPlaces } from './key-places.ts';
import { commonFields, describe, signed, writeMetadata } from './metadata-file.ts';
import { createRoot, newestRoot } from './root-metadata.ts';
import {
  createSigningKey,
  readSigningKey,
  type SigningKey,
  takeKey,
  writeSigningKey,
} from './signing-keys.ts';
import { type Json, type PublishedTarget, targetFiles } from './target-files.ts';

/** How long metadata is good for, in milliseconds. */
export interface Lifetimes {
  readonly targets: number;
  readonly snapshot: number;
  readonly timestamp: number;
}

export interface Publication {
  /** A positive integer above `publishedVersion`. */
  readonly version: number;
  /** Unix milliseconds */
  readonly now: number;
  /** By name: all targets of the version; each file is written before. */
  readonly targets: Readonly<Record<string, PublishedTarget>>;
  readonly lifetimes?: Partial<Lifetimes>;
  /** Targets metadata of another role, whose file is written before. */
  readonly delegated?: DelegatedMetadata | undefined;
}

export interface DelegatedMetadata {
  /** As JSON. */
  readonly delegations: Json;
  /** By the role's name. */
  readonly meta: Readonly<Record<string, MetaFile>>;
}

const dayMs = 86_400_000;
export const defaultLifetimes: Lifetimes = {
  targets: 7 * dayMs,
  snapshot: 7 * dayMs,
  timestamp: timestampLifetimeMs,
};

/**
 * Makes a feed with new keys; nothing is published yet.
 *
 * @param now Unix milliseconds; the root metadata expires two years later
 * @param given where keys are to lie
 * @returns the path of the root metadata to give to validators
 * @throws WrongUsage when `dir` holds a feed already, be it half-made, or a key's place is taken; nothing has changed then
 */
export function initRepository(dir: string, now: number, given: GivenPlaces = {}): { root: string } {
  const places = feedPlaces(dir);
  refuseExisting(dir, given);
  const recorded = newKeyPlaces(dir, given);
  const keyFiles = keyPlaces(dir, recorded);
  // First those outside the directory: a stick that is not there leaves no half-made feed.
  const root = makeKey(keyFiles.root);
  const targets = readSigningKey(keyFiles.targets) ?? makeKey(keyFiles.targets);
  const online = makeKey(keyFiles.online);
  recordKeyPlaces(dir, recorded);
  for (const folder of [places.metadata, places.targets]) mkdirSync(folder, { recursive: true, mode: 0o755 });
  const keys = { root: root.public, targets: targets.public, online: online.public };
  const metadata = signed(createRoot({ version: 1, keys }, now), [root]);
  writeMetadata(dir, '1.root.json', metadata);
  writeDurably(places.initialRoot, metadata);
  return { root: places.initialRoot };
}

function makeKey(path: string): SigningKey {
  const key = createSigningKey();
  writeSigningKey(path, key);
  return key;
}

/** A targets key may have been made before, on a token; nothing else is taken for one. */
function refuseExisting(dir: string, { rootKey, targetsKey }: GivenPlaces): void {
  const isKey = targetsKey !== undefined && readSigningKey(targetsKey) !== undefined;
  for (const path of [rootKey, isKey ? undefined : targetsKey]) {
    if (path !== undefined && existsSync(path)) throw new WrongUsage(`${path}: there is something already`);
  }
  const { onlineKey, metadata, initialRoot } = feedPlaces(dir);
  const existing = [initialRoot, keyPlaces(dir).root, onlineKey, metadata].find(path => existsSync(path));
  if (existing) throw new WrongUsage(`${dir} holds a feed already: ${existing}`);
}

/**
 * Signs and writes targets, snapshot and timestamp metadata, all of one version.
 *
 * @throws WrongUsage when `dir` holds no feed, or its online or targets key is not at hand; RangeError when the version is
 * not above the published one; Error when a target is not there in that length. What was published still is.
 */
export function publishMetadata(dir: string, publication: Publication): void {
  const { version, now, targets, delegated } = publication;
  const keys = newestRoot(dir).keys;
  const places = keyPlaces(dir);
  const key = takeKey(places.online, keys.online.keyID);
  // Up to version 0.2 one key signed all.
  const isOne = keys.targets.keyID === keys.online.keyID;
  const targetsKey = isOne ? key : takeKey(places.targets, keys.targets.keyID);
  // What former keys have signed counts for nothing any more.
  requireNewer(version, isByNewestKey(dir) ? publishedVersion(dir) : 0);
  const lifetimes = { ...defaultLifetimes, ...publication.lifetimes };
  const fields = (role: keyof Lifetimes) => commonFields(version, now, lifetimes[role]);

  const files = targetFiles(dir, targets);
  const targetsBytes = signed(
    withDelegations(new Targets({ ...fields('targets'), targets: files }), delegated),
    [targetsKey],
  );
  const meta = { 'targets.json': describe(version, targetsBytes), ...delegated?.meta };
  const snapshotBytes = signed(new Snapshot({ ...fields('snapshot'), meta }), [key]);
  const snapshotMeta = describe(version, snapshotBytes);
  const timestampBytes = signed(new Timestamp({ ...fields('timestamp'), snapshotMeta }), [key]);

  writeMetadata(dir, `${version}.targets.json`, targetsBytes);
  writeMetadata(dir, `${version}.snapshot.json`, snapshotBytes);
  writeMetadata(dir, 'timestamp.json', timestampBytes);
}

function withDelegations(targets: Targets, delegated: DelegatedMetadata | undefined): Targets {
  if (delegated === undefined) return targets;
  return Targets.fromJSON({ ...targets.toJSON(), delegations: delegated.delegations });
}

/** @returns 0 before the first publication; @throws Error when timestamp.json is damaged */
export function publishedVersion(dir: string): number {
  return readTimestamp(dir)?.signed.version ?? 0;
}

/** Whether timestamp.json is signed by the key that the newest root metadata names. */
export function isByNewestKey(dir: string): boolean {
  const { online } = newestRoot(dir).keys;
  try {
    const timestamp = readTimestamp(dir);
    timestamp && online.verifySignature(timestamp);
    return timestamp !== undefined;
  } catch {
    return false;
  }
}

function readTimestamp(dir: string): Metadata<Timestamp> | undefined {
  const path = join(feedPlaces(dir).metadata, 'timestamp.json');
  if (!existsSync(path)) return undefined;
  try {
    return Metadata.fromJSON(MetadataKind.Timestamp, JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new Error(`${path} is damaged`, { cause });
  }
}

function requireNewer(version: number, published: number): void {
  if (Number.isSafeInteger(version) && version > published) return;
  throw new RangeError(`version ${version} cannot follow version ${published}, which is published`);
}
