/** What a cache's syncing remembers from one round to the next, and the lock that keeps two from working at once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { lockDirectory } from '../directory-lock.ts';
import { writeDurably } from '../durable-file.ts';
import { FeedError } from '../feed/feed-error.ts';

/** The timestamp.json last fetched: its ETag is for these bytes only. */
const seenTimestamp = z.object({ etag: z.string(), sha256: z.string() });

const memorySchema = z.object({
  /** The highest version ever seen in verified metadata: nothing below it is taken any more. */
  highestVersion: z.int().min(0),
  /** SHA-256 of the initial root metadata: with another one it is another feed. */
  rootSha256: z.string(),
  timestamp: seenTimestamp.optional(),
});

export type SeenTimestamp = z.infer<typeof seenTimestamp>;
export type SyncMemory = z.infer<typeof memorySchema>;

const file = 'seen.json';

/**
 * Begins one where there is none that can be read: the metadata that comes is then known to be this feed's, even if
 * nothing else ever comes of it.
 * @returns a blank one then, and where it is of another feed
 */
export function openMemory(
  directory: string,
  rootSha256: string,
): SyncMemory & { readonly sameRoot: boolean } {
  const kept = readKept(directory);
  // One that cannot be read says nothing against the metadata beside it.
  if (kept === undefined) {
    const blank = { highestVersion: 0, rootSha256 };
    writeMemory(directory, blank);
    return { ...blank, sameRoot: true };
  }
  const sameRoot = kept.rootSha256 === rootSha256;
  return sameRoot ? { ...kept, sameRoot } : { highestVersion: 0, rootSha256, sameRoot };
}

function readKept(directory: string): SyncMemory | undefined {
  try {
    return memorySchema.parse(JSON.parse(readFileSync(join(directory, file), 'utf8')));
  } catch {
    return undefined;
  }
}

export function writeMemory(directory: string, memory: SyncMemory): void {
  writeDurably(join(directory, file), JSON.stringify(memory));
}

/**
 * Locks the cache's directory.
 * @returns lets go of it
 * @throws FeedError when another sync is at work there
 */
export function lockCache(directory: string): () => void {
  const unlock = lockDirectory(directory);
  if (unlock === undefined) throw new FeedError(`${directory}: another sync is at work here`);
  return unlock;
}
