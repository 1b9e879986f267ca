/** A lock on a directory. The kernel releases it when the process ends, however it ends. */
import { mkdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { checkOwnFile } from '../device/kit/own-file.ts';

export const lockFile = 'lock.sqlite';

/** @returns releases it; undefined where somebody else has it */
export function lockDirectory(directory: string): (() => void) | undefined {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, lockFile);
  checkOwnFile(path);
  try {
    return lock(path);
  } catch (error) {
    if (!isSqlite(error, /^SQLITE_(NOTADB|CORRUPT)/)) throw error;
    // There is nothing in it. Not removed: then two could each lock a file of their own.
    truncateSync(path);
    return lock(path);
  }
}

function lock(path: string): (() => void) | undefined {
  const db = new Database(path, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
    return () => void db.close();
  } catch (error) {
    db.close();
    if (!isSqlite(error, /^SQLITE_BUSY/)) throw error;
    return undefined;
  }
}

function isSqlite(error: unknown, code: RegExp): boolean {
  return error instanceof Database.SqliteError && code.test(error.code);
}
