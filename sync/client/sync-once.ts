/** One sync with the feed. Whatever fails, what was in use stays in use. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TargetFile } from 'tuf-js';
import type { SyncOutcome } from '../../device/data-ports.ts';
import { removeUnfinished } from '../../device/kit/durable-file.ts';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { dropPrevious, removeOthers, takeAway } from '../cache/directory.ts';
import type { Generation } from '../cache/generation.ts';
import { countsOf } from '../cache/generation-rows.ts';
import type { GenerationState } from '../cache/seal.ts';
import { type ContentCipher, createContentCipher } from '../feed/content-cipher.ts';
import { FeedError } from '../feed/feed-error.ts';
import { sha256Hex } from '../feed/feed-file.ts';
import { decodeIndex, type FeedIndex, indexCustom, indexTarget, maxIndexBytes } from '../feed/index-file.ts';
import type { FirmwareOffer } from '../firmware/offer.ts';
import type { FleetKey } from '../fleet-keys.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { createArrivals } from './arrivals.ts';
import { cachedState, closeCached, openCached } from './cached-generation.ts';
import type { Http } from './http.ts';
import { type Metadata, readRoot, refreshMetadata, type TrustedRoot } from './metadata.ts';
import type { Plan } from './plan.ts';
import { refuseFutureData, type SyncTime, systemTime } from './signed-dates.ts';
import { lockCache, openSyncState, writeSyncState } from './sync-state.ts';
import { takeKey } from './take-key.ts';
import { fetchTexts } from './texts.ts';
import { updateCache } from './update-cache.ts';

export interface SyncOptions {
  /** Where the feed is served. */
  readonly url: string;
  /** The initial root metadata, as the device was given it. */
  readonly rootFile: string;
  readonly keys: KeyRing;
  /** The cache's directory. */
  readonly directory: string;
  /** Generations known to be damaged: removed first. */
  readonly damaged?: readonly string[];
  /** The system's clock unless given. */
  readonly time?: SyncTime;
}

export interface SyncResult extends SyncOutcome {
  readonly how: Plan['how'];
  /** Unix milliseconds */
  readonly statusAsOf: number;
  /** Unix milliseconds */
  readonly signedAt: number;
  /** For how long a cache before the feed says that it has held what was signed. */
  readonly heldMs: number;
  readonly firmware: FirmwareOffer;
}

type Announced = ReturnType<typeof indexCustom.parse>;

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
  let opened = openCached(directory, keys.held());
  try {
    removeOthers(directory);
    removeUnfinished(directory);
    const learnt = await learnVersion({ ...options, url }, http);
    const { metadata, target, announced, standing } = learnt;
    const key = await takeKey({ ring: keys, directory, url, http }, announced, opened?.state.keyId);
    // Its key may have been lost alone.
    opened ??= openCached(directory, keys.held());
    // Another root means another feed: the cache counts for nothing, but stays in use until something has arrived.
    const cached = standing === 'another feed' ? undefined : opened;
    const previousVersion = cached?.state.version ?? null;
    if (standing === 'as before') {
      refuseRollback(announced.version, previousVersion ?? 0);
      learnt.remember();
    }
    const texts = await fetchTexts(metadata, directory);
    const { version, statusAsOf } = announced;
    const { expiry, signedAt, heldMs, firmware } = metadata;
    const reached = { version, previousVersion, statusAsOf, signedAt, heldMs, expiry, firmware, ...texts };
    const cipher = createContentCipher(key);
    const arrivals = createArrivals(join(directory, 'arrivals'), `${url}/files`, http, cipher);
    if (cached !== undefined && learnt.isInUse && isAnnounced(cached, announced)) {
      // Left by a sync that ended before it could tidy up.
      arrivals.keepOnly([]);
      metadata.keep();
      learnt.remember();
      return { ...reached, how: 'none', ...countsOf(cached.state), bytes: http.received - receivedBefore };
    }
    const index = await fetchIndex(metadata, target, announced, cipher);
    const how = await updateCache({ ...announced, index, key }, cached, arrivals, directory);
    arrivals.keepOnly([]);
    if (standing !== 'as before') dropPrevious(directory);
    metadata.keep();
    learnt.remember(target.hashes.sha256);
    return {
      ...reached,
      how,
      ...countsOf(writtenState(directory, key)),
      bytes: http.received - receivedBefore,
    };
  } finally {
    if (opened !== undefined) closeCached(opened);
  }
}

/**
 * How what is offered stands to what is remembered. If root metadata has named other keys since, what the former keys signed
 * counts for nothing: whoever had stolen them may have signed the highest version that there is (TUF 1.0, 5.3.11).
 */
type Standing = 'as before' | 'other keys' | 'another feed';

/** From verified metadata, and under the same keys only ever forward. */
async function learnVersion({ url, rootFile, directory, time = systemTime() }: SyncOptions, http: Http) {
  const initialRoot = readFileSync(rootFile);
  const rootSha256 = sha256Hex(initialRoot);
  const { sameRoot, ...memory } = openSyncState(directory, { rootSha256, ...readRoot(initialRoot) });
  const metadataDirectory = join(directory, 'metadata');
  const metadata = await refreshMetadata({
    http,
    url,
    directory: metadataDirectory,
    initialRoot,
    sameRoot,
    time,
    seen: memory.timestamp,
  });
  const target = await metadata.target(indexTarget);
  const announced = readAnnounced(target);
  if (sameRoot) refuseOlderRoot(metadata.root, memory, metadataDirectory);
  const standing: Standing = !sameRoot
    ? 'another feed'
    : metadata.root.signers === memory.signers
      ? 'as before'
      : 'other keys';
  if (standing === 'as before') refuseRollback(announced.version, memory.highestVersion);
  refuseFutureData(announced, time);
  const { timestamp, root } = metadata;
  const now = { highestVersion: announced.version, rootSha256, ...root, ...(timestamp && { timestamp }) };
  let remembered = JSON.stringify(memory);
  const remember = (indexSha256 = memory.indexSha256) => {
    const state = { ...now, ...(indexSha256 && { indexSha256 }) };
    const text = JSON.stringify(state);
    if (text !== remembered) writeSyncState(directory, state);
    remembered = text;
  };
  return {
    metadata,
    target,
    announced,
    remember,
    standing,
    isInUse: memory.indexSha256 === target.hashes.sha256,
  };
}

/**
 * Whoever hides newer root metadata has the former keys. What is kept is given up, for it may not be the feed's: the next
 * sync begins with the initial root.
 */
function refuseOlderRoot({ rootVersion }: TrustedRoot, memory: TrustedRoot, directory: string): void {
  if (rootVersion >= memory.rootVersion) return;
  rmSync(directory, { recursive: true, force: true });
  throw new FeedError(`rollback: root ${rootVersion} is offered, ${memory.rootVersion} has been seen`);
}

function refuseRollback(offered: number, seen: number): void {
  if (offered < seen) throw new FeedError(`rollback: version ${offered} is offered, ${seen} has been seen`);
}

function readAnnounced(target: TargetFile): Announced {
  const custom = indexCustom.safeParse(target.custom);
  if (!custom.success) throw new FeedError('metadata: the index is announced without version and dates');
  return custom.data;
}

async function fetchIndex(
  metadata: Metadata,
  target: TargetFile,
  { version, keyId }: Announced,
  cipher: ContentCipher,
): Promise<FeedIndex> {
  if (target.length > maxIndexBytes) {
    throw new FeedError(`index: ${target.length} bytes, at most ${maxIndexBytes} are read`);
  }
  const index = decodeIndex(cipher.open(await metadata.fetch(target), 'index'));
  if (index.version !== version) {
    throw new FeedError(`index: is of version ${index.version}, announced as ${version}`);
  }
  if (index.keyId !== keyId) throw new FeedError(`index: is under ${index.keyId}, announced under ${keyId}`);
  return index;
}

function isAnnounced({ state }: Generation, { version, linksAsOf, statusAsOf }: Announced): boolean {
  return state.version === version && state.linksAsOf === linksAsOf && state.statusAsOf === statusAsOf;
}

function writtenState(directory: string, key: FleetKey): GenerationState {
  const state = cachedState(directory, [key]);
  if (state === undefined) throw new FeedError('what was written cannot be read');
  return state;
}

function storageFault(directory: string, error: unknown): DeviceError {
  return new DeviceError('storage', 'feed', `${directory}: ${messageOf(error)}`, error);
}

/** Whether the file system or SQLite says that the disk is full, read-only or broken. */
export function isOfDisk(error: unknown): boolean {
  if (error instanceof DeviceError || error instanceof FeedError) return false;
  return error instanceof Error && 'code' in error && /^(E[A-Z0-9]+$|SQLITE_)/.test(String(error.code));
}
