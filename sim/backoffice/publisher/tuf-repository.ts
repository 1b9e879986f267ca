/**
 * The writing side of a feed: a TUF 1.0 repository of static files, with consistent snapshots.
 *
 * Files are whole or not there, and timestamp.json comes last: what it does not name is not published yet, so a
 * reader sees the version before or this one. Keys are rotated in key-rotation.ts.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Metadata, MetadataKind, Snapshot, Targets, Timestamp } from '@tufjs/models';
import { writeDurably } from '../../../sync/durable-file.ts';
import { WrongUsage } from '../../wrong-usage.ts';
import { feedPlaces } from './feed-places.ts';
import { commonFields, describe, signed, writeMetadata } from './metadata-file.ts';
import { createRoot, newestRoot } from './root-metadata.ts';
import { createSigningKey, takeKey, writeSigningKey } from './signing-keys.ts';
import { type PublishedTarget, targetFiles } from './target-files.ts';

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
  /** By name; everything there is to be had, each written before. */
  readonly targets: Readonly<Record<string, PublishedTarget>>;
  readonly lifetimes?: Partial<Lifetimes>;
}

const dayMs = 86_400_000;
export const defaultLifetimes: Lifetimes = { targets: 7 * dayMs, snapshot: 7 * dayMs, timestamp: dayMs };

/**
 * Makes a feed with new keys; nothing is published yet.
 *
 * @param now Unix milliseconds; the root metadata expires two years later
 * @returns the path of the root metadata to give to validators
 * @throws WrongUsage when `dir` holds a feed already, be it half-made; nothing has changed then
 */
export function initRepository(dir: string, now: number): { root: string } {
  const places = feedPlaces(dir);
  refuseExisting(dir);
  const root = createSigningKey();
  const online = createSigningKey();
  for (const folder of [places.metadata, places.targets]) mkdirSync(folder, { recursive: true });
  writeSigningKey(places.rootKey, root);
  writeSigningKey(places.onlineKey, online);
  const keys = { root: root.public, online: online.public };
  const metadata = signed(createRoot({ version: 1, keys }, now), [root]);
  writeMetadata(dir, '1.root.json', metadata);
  writeDurably(places.initialRoot, metadata);
  return { root: places.initialRoot };
}

function refuseExisting(dir: string): void {
  const { rootKey, onlineKey, metadata, initialRoot } = feedPlaces(dir);
  const existing = [initialRoot, rootKey, onlineKey, metadata].find(path => existsSync(path));
  if (existing) throw new WrongUsage(`${dir} holds a feed already: ${existing}`);
}

/**
 * Signs and writes targets, snapshot and timestamp metadata, all of one version.
 *
 * @throws WrongUsage when `dir` holds no feed or its online key is not at hand; RangeError when the version is
 * not above the published one; Error when a target is not there in that length. What was published still is.
 */
export function publishMetadata(dir: string, publication: Publication): void {
  const { version, now, targets } = publication;
  const key = takeKey(feedPlaces(dir).onlineKey, newestRoot(dir).keys.online.keyID);
  requireNewer(version, publishedVersion(dir));
  const lifetimes = { ...defaultLifetimes, ...publication.lifetimes };
  const fields = (role: keyof Lifetimes) => commonFields(version, now, lifetimes[role]);

  const files = targetFiles(dir, targets);
  const targetsBytes = signed(new Targets({ ...fields('targets'), targets: files }), [key]);
  const meta = { 'targets.json': describe(version, targetsBytes) };
  const snapshotBytes = signed(new Snapshot({ ...fields('snapshot'), meta }), [key]);
  const snapshotMeta = describe(version, snapshotBytes);
  const timestampBytes = signed(new Timestamp({ ...fields('timestamp'), snapshotMeta }), [key]);

  writeMetadata(dir, `${version}.targets.json`, targetsBytes);
  writeMetadata(dir, `${version}.snapshot.json`, snapshotBytes);
  writeMetadata(dir, 'timestamp.json', timestampBytes);
}

/** @returns 0 before the first publication; @throws Error when timestamp.json is damaged */
export function publishedVersion(dir: string): number {
  const path = join(feedPlaces(dir).metadata, 'timestamp.json');
  if (!existsSync(path)) return 0;
  try {
    return Metadata.fromJSON(MetadataKind.Timestamp, JSON.parse(readFileSync(path, 'utf8'))).signed.version;
  } catch (cause) {
    throw new Error(`${path} is damaged`, { cause });
  }
}

function requireNewer(version: number, published: number): void {
  if (Number.isSafeInteger(version) && version > published) return;
  throw new RangeError(`version ${version} cannot follow version ${published}, which is published`);
}
