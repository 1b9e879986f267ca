/** One sync with the feed. Whatever fails, what is here stays in use as it was. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TargetFile } from 'tuf-js';
import { DeviceError, messageOf } from '../../device/errors.ts';
import { removeOthers, takeAway } from '../cache/directory.ts';
import { type Generation, UnknownKey } from '../cache/generation.ts';
import { hasText, keepText } from '../cache/texts.ts';
import { removeUnfinished } from '../durable-file.ts';
import { FeedError } from '../feed/feed-error.ts';
import { sha256Hex } from '../feed/feed-file.ts';
import {
  decodeIndex,
  type FeedIndex,
  indexCustom,
  indexTarget,
  linesTarget,
  maxIndexBytes,
  policyTarget,
} from '../feed/index-file.ts';
import type { FleetKey } from '../fleet-keys.ts';
import { createArrivals } from './arrivals.ts';
import { openHere } from './here.ts';
import type { Http } from './http.ts';
import { lockCache, openMemory, writeMemory } from './memory.ts';
import { type Metadata, refreshMetadata } from './metadata.ts';
import type { Plan } from './plan.ts';
import { reach } from './reach.ts';

export interface SyncOptions {
  /** Where the feed is served. */
  readonly url: string;
  /** The initial root metadata, as the device was given it. */
  readonly rootFile: string;
  readonly keys: readonly FleetKey[];
  /** The cache's directory. */
  readonly directory: string;
  /** Generations known to be damaged: taken away first. */
  readonly damaged?: readonly string[];
  /** Unix milliseconds, as believed: by what metadata has expired; the system's clock unless given. */
  readonly now?: number;
}

export interface SyncResult {
  readonly version: number;
  /** What was here before. */
  readonly previousVersion: number | null;
  readonly how: Plan['how'];
  /** Received, of bodies. */
  readonly bytes: number;
  readonly links: number;
  /** Unix milliseconds */
  readonly statusAsOf: number;
  /** The names of files beside the links that are others now. */
  readonly renewed: readonly string[];
}

type Announced = ReturnType<typeof indexCustom.parse>;

const maxTextBytes = 1 << 20;

/** @throws FeedError when feed or cache are not as they should be; DeviceError for wire and disk */
export async function syncOnce(options: SyncOptions, http: Http): Promise<SyncResult> {
  try {
    const unlock = lockCache(options.directory);
    try {
      return await sync(options, http);
    } finally {
      unlock();
    }
  } catch (error) {
    throw isOfDisk(error) ? storageFault(options.directory, error) : error;
  }
}

async function sync(options: SyncOptions, http: Http): Promise<SyncResult> {
  const { directory, keys } = options;
  const url = options.url.replace(/\/+$/, '');
  const receivedBefore = http.received;
  for (const generation of options.damaged ?? []) takeAway(directory, generation);
  const opened = openHere(directory, keys);
  try {
    removeOthers(directory);
    removeUnfinished(directory);
    const { metadata, target, announced, remember, sameRoot } = await learnVersion({ ...options, url }, http);
    // Under another root it is another feed: what is here counts for nothing, but stays in use until there is more.
    const here = sameRoot ? opened : undefined;
    const previousVersion = here?.state.version ?? null;
    refuseRollback(announced.version, previousVersion ?? 0);
    if (sameRoot) remember();
    const renewed = await fetchTexts(metadata, directory);
    const { version, statusAsOf } = announced;
    const reached = { version, previousVersion, statusAsOf, renewed };
    const arrivals = createArrivals(join(directory, 'arrivals'), `${url}/files`, http);
    if (here?.state.version === version) {
      // Of a sync that ended before it could tidy up.
      arrivals.keepOnly([]);
      return { ...reached, how: 'none', links: linksOf(here), bytes: http.received - receivedBefore };
    }
    const index = await fetchIndex(metadata, target, version);
    const key = keys.find(({ id }) => id === index.keyId);
    if (key === undefined) throw new UnknownKey(index.keyId);
    const how = await reach({ ...announced, index, key }, here, arrivals, directory);
    arrivals.keepOnly([]);
    remember();
    return { ...reached, how, links: index.links, bytes: http.received - receivedBefore };
  } finally {
    opened?.db.close();
  }
}

/** From verified metadata, and only ever forward. */
async function learnVersion({ url, rootFile, directory, now: at = Date.now() }: SyncOptions, http: Http) {
  const initialRoot = readFileSync(rootFile);
  const rootSha256 = sha256Hex(initialRoot);
  const { sameRoot, ...memory } = openMemory(directory, rootSha256);
  const metadata = await refreshMetadata({
    http,
    url,
    directory: join(directory, 'metadata'),
    initialRoot,
    sameRoot,
    now: at,
    seen: memory.timestamp,
  });
  const target = await metadata.target(indexTarget);
  const announced = readAnnounced(target);
  refuseRollback(announced.version, memory.highestVersion);
  const { timestamp } = metadata;
  const now = { highestVersion: announced.version, rootSha256, ...(timestamp && { timestamp }) };
  let remembered = JSON.stringify(memory);
  const remember = () => {
    const text = JSON.stringify(now);
    if (text !== remembered) writeMemory(directory, now);
    remembered = text;
  };
  return { metadata, target, announced, remember, sameRoot };
}

function refuseRollback(offered: number, seen: number): void {
  if (offered < seen) throw new FeedError(`rollback: version ${offered} is offered, ${seen} has been seen`);
}

function readAnnounced(target: TargetFile): Announced {
  const custom = indexCustom.safeParse(target.custom);
  if (!custom.success) throw new FeedError('metadata: the index is announced without version and dates');
  return custom.data;
}

async function fetchIndex(metadata: Metadata, target: TargetFile, version: number): Promise<FeedIndex> {
  if (target.length > maxIndexBytes) {
    throw new FeedError(`index: ${target.length} bytes, at most ${maxIndexBytes} are read`);
  }
  const index = decodeIndex(await metadata.fetch(target));
  if (index.version !== version) {
    throw new FeedError(`index: is of version ${index.version}, announced as ${version}`);
  }
  return index;
}

/** @returns the names of those that are others now */
async function fetchTexts(metadata: Metadata, directory: string): Promise<string[]> {
  const renewed: string[] = [];
  for (const name of [policyTarget, linesTarget]) {
    const target = await metadata.target(name);
    const { sha256 = '' } = target.hashes;
    if (hasText(directory, name, sha256)) continue;
    if (target.length > maxTextBytes)
      throw new FeedError(`${name}: ${target.length} bytes, at most ${maxTextBytes}`);
    keepText(directory, name, await metadata.fetch(target));
    renewed.push(name);
  }
  return renewed;
}

function linksOf({ state }: Generation): number {
  return state.partitions.reduce((sum, { links }) => sum + links, 0);
}

function storageFault(directory: string, error: unknown): DeviceError {
  return new DeviceError('storage', 'feed', `${directory}: ${messageOf(error)}`, error);
}

/** Full, read-only, broken: what the file system or SQLite says of itself. */
export function isOfDisk(error: unknown): boolean {
  if (error instanceof DeviceError || error instanceof FeedError) return false;
  return error instanceof Error && 'code' in error && /^(E[A-Z0-9]+$|SQLITE_)/.test(String(error.code));
}
