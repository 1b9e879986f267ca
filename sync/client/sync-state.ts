/** What syncing keeps from one round to the next, and the lock that keeps two syncs from working at once. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../device/kit/durable-file.ts';
import { messageOf } from '../../device/kit/errors.ts';
import { checkOwnTree } from '../../device/kit/own-file.ts';
import { lockDirectory, lockFile } from '../directory-lock.ts';
import { FeedError } from '../feed/feed-error.ts';
import { sha256Hex } from '../feed/feed-file.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/**
 * An ETag worth keeping: it goes into the head of every request, which servers limit. A longer one is not kept, and the
 * feed is asked without.
 */
export const shortEtag = z.string().regex(/^[\x21-\x7e]{1,128}$/);
/** The timestamp.json last fetched: its ETag is for these bytes only. */
const seenTimestamp = z.object({ etag: shortEtag, sha256 });

const stateSchema = z.object({
  /** The highest version ever seen in metadata verified by `signers`: nothing below it is taken any more. */
  highestVersion: z.int().min(0),
  /** SHA-256 of the initial root metadata: with another one it is another feed. */
  rootSha256: sha256,
  /** The newest root metadata by which anything was verified. */
  rootVersion: z.int().min(1),
  /** The keys that it names for everything but itself (metadata.ts). */
  signers: sha256,
  timestamp: seenTimestamp.optional().catch(undefined),
  /** SHA-256 of the index that the generation in use has come from. */
  indexSha256: sha256.optional(),
});

/** With a check value: a bit flipped in a version's number must not keep the feed out for ever. */
const fileSchema = z.object({ state: z.unknown(), check: sha256 });

export type SeenTimestamp = z.infer<typeof seenTimestamp>;
export type SyncState = z.infer<typeof stateSchema>;
/** What is known before anything has come. */
export type InitialState = Pick<SyncState, 'rootSha256' | 'rootVersion' | 'signers'>;

const file = 'seen.json';

/**
 * Reads the state. If none can be read, it writes a blank one first, so that metadata fetched from now on is known to be
 * this feed's.
 * @param initial of the initial root
 * @returns a blank state also when the stored one is of another feed
 */
export function openSyncState(
  directory: string,
  initial: InitialState,
): SyncState & { readonly sameRoot: boolean } {
  const blank = { highestVersion: 0, ...initial };
  const kept = readKept(directory);
  // An unreadable state says nothing against the metadata beside it.
  if (kept === undefined) {
    writeSyncState(directory, blank);
    return { ...blank, sameRoot: true };
  }
  const sameRoot = kept.rootSha256 === blank.rootSha256;
  return { ...(sameRoot ? kept : blank), sameRoot };
}

function readKept(directory: string): SyncState | undefined {
  try {
    const { state, check } = fileSchema.parse(JSON.parse(readFileSync(join(directory, file), 'utf8')));
    return check === checkOf(state) ? stateSchema.parse(state) : undefined;
  } catch {
    return undefined;
  }
}

function checkOf(state: unknown): string {
  return sha256Hex(Buffer.from(JSON.stringify(state)));
}

export function writeSyncState(directory: string, memory: SyncState): void {
  // As it will be read: JSON leaves out what is undefined.
  const state: unknown = JSON.parse(JSON.stringify(memory));
  writeDurably(join(directory, file), JSON.stringify({ state, check: checkOf(state) }));
}

/**
 * Locks the cache's directory.
 * @returns lets go of it
 * @throws FeedError when another sync is at work there, when something in it is a link, or others may write it
 */
export function lockCache(directory: string): () => void {
  try {
    checkOwnTree(directory, path => (basename(path) === lockFile ? 'file' : undefined));
  } catch (error) {
    throw new FeedError(messageOf(error));
  }
  const unlock = lockDirectory(directory);
  if (unlock === undefined) throw new FeedError(`${directory}: another sync is at work here`);
  return unlock;
}
