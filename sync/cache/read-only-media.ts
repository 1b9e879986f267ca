/**
 * Generations on media that cannot be written, as an image in flash: SQLite reads a database in WAL mode there only with its
 * `-wal` and `-shm` beside it, and whoever closes it last and may write takes them away.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { FeedError } from '../feed/feed-error.ts';

/** A copy in memory may not be larger: a validator has little of it. */
const maxCopyBytes = 128 << 20;

/**
 * Puts empty ones where there are none; SQLite takes them as if it had made them itself.
 *
 * Only where they are missing: to close a file lets go of all locks that this process holds on it.
 */
export function makeSideFiles(path: string): void {
  for (const side of [`${path}-wal`, `${path}-shm`]) {
    if (!existsSync(side)) writeFileSync(side, '', { flag: 'wx', mode: 0o600 });
  }
}

/** Whether SQLite cannot read it only because it cannot put the side files beside it. */
export function lacksSideFiles(path: string, error: unknown): boolean {
  const cannotOpen = error instanceof Error && 'code' in error && error.code === 'SQLITE_CANTOPEN';
  // A log that is not empty holds what a copy of the database would miss.
  const logBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  return cannotOpen && existsSync(path) && logBytes === 0;
}

/** All of it, in memory. @throws FeedError when it is too large */
export function readIntoMemory(path: string): Database.Database {
  const { size } = statSync(path);
  if (size > maxCopyBytes) {
    throw new FeedError(`on read-only media, ${size} bytes, and no -wal and -shm beside it: copy them too`);
  }
  const bytes = readFileSync(path);
  // Not in WAL mode, in which SQLite reads nothing in memory.
  bytes.fill(1, 18, 20);
  return new Database(bytes, { readonly: true });
}

/** Changes when somebody writes to the file: its copy in memory does not notice that. */
export function fingerprint(path: string): string {
  const told = [path, `${path}-wal`].map(file => {
    const found = statSync(file, { throwIfNoEntry: false });
    return found && `${found.ino}:${found.size}:${found.mtimeMs}`;
  });
  return told.join();
}
