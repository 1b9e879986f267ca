/** What a cache's syncing remembers from one round to the next, and the lock that keeps two from working at once. */
import { mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
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
export function readMemory(
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
 * Locks the cache's directory; the kernel lets go of it when the process ends, however it does.
 * @returns lets go of it
 * @throws FeedError when another sync is at work there
 */
export function lockCache(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'lock.sqlite');
  try {
    return lock(path);
  } catch (error) {
    if (!isSqlite(error, /^SQLITE_(NOTADB|CORRUPT)/)) throw error;
    // There is nothing in it. Not removed: then two could each lock a file of their own.
    truncateSync(path);
    return lock(path);
  }
}

function lock(path: string): () => void {
  const db = new Database(path, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
    return () => void db.close();
  } catch (error) {
    db.close();
    if (!isSqlite(error, /^SQLITE_BUSY/)) throw error;
    throw new FeedError(`${dirname(path)}: another sync is at work here`);
  }
}

function isSqlite(error: unknown, code: RegExp): boolean {
  return error instanceof Database.SqliteError && code.test(error.code);
}
