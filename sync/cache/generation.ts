/** Opens a generation: its file whole, its schema known, its key held, its state as it was sealed. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { checkOwnFile } from '../../device/kit/own-file.ts';
import { FeedError } from '../feed/feed-error.ts';
import type { FleetKey } from '../fleet-keys.ts';
import { readFeedRow, readState } from './generation-rows.ts';
import { fingerprint, lacksSideFiles, readIntoMemory } from './read-only-media.ts';
import { applicationId, schemaVersion } from './schema.ts';
import { createSeals, type GenerationState, type Seals } from './seal.ts';

export interface Generation {
  readonly db: Database.Database;
  readonly key: FleetKey;
  readonly seals: Seals;
  /** As it was when opened. */
  readonly state: GenerationState;
  /** Whether somebody has written to it since the state was read. @throws SQLite's own error */
  hasChanged(): boolean;
}

/** Holds the upper levels of the largest tree; the kernel has the rest. */
const cacheKiB = 2048;

/** The generation is whole, but its key is not held here, so nobody can be found in it. */
export class UnknownKey extends FeedError {
  constructor(keyId: string) {
    super(`made under fleet key ${keyId}, which is not held here`);
  }
}

/** A full or read-only disk, or a lock: says nothing about the file itself. */
const passing =
  /^(SQLITE_(BUSY|LOCKED|FULL|CANTOPEN|READONLY|PERM|NOMEM|PROTOCOL|IOERR_(?!READ|DATA|CORRUPT))|E(?!RR_|NOENT|IO$))/;

/** Whether the error says that the generation is damaged or missing, so that only another one helps. */
export function isDamage(error: unknown): boolean {
  if (error instanceof UnknownKey) return false;
  return !(error instanceof Error && 'code' in error && passing.test(String(error.code)));
}

/**
 * @param options of better-sqlite3
 * @throws an Error that says what is wrong with the file
 */
export function openGeneration(
  path: string,
  keys: readonly FleetKey[],
  options: Database.Options,
): Generation {
  checkOwnFile(path);
  checkWhole(path);
  const { db, hasBeenWritten } = openDatabase(path, options);
  try {
    db.pragma(`cache_size = ${-cacheKiB}`);
    if (db.pragma('application_id', { simple: true }) !== applicationId) {
      throw new FeedError('not a link cache');
    }
    const version = db.pragma('user_version', { simple: true });
    // The next one only adds to it (decision 085).
    if (version !== schemaVersion && version !== schemaVersion + 1) {
      throw new FeedError(`schema ${version}, this firmware knows ${schemaVersion}`);
    }
    // Before the state is read: what is written from here on is a change.
    const dataVersion = () => db.pragma('data_version', { simple: true });
    const versionAtOpen = dataVersion();
    const { keyId } = readFeedRow(db);
    const key = keys.find(({ id }) => id === keyId);
    if (key === undefined) throw new UnknownKey(keyId);
    const seals = createSeals(key);
    const hasChanged = () => hasBeenWritten() || dataVersion() !== versionAtOpen;
    return { db, key, seals, state: readState(db, seals), hasChanged };
  } catch (error) {
    db.close();
    throw error;
  }
}

function openDatabase(path: string, options: Database.Options) {
  const asItWas = fingerprint(path);
  const db = new Database(path, { ...options, fileMustExist: true });
  try {
    // Opens the files beside it.
    db.pragma('schema_version');
    return { db, hasBeenWritten: () => false };
  } catch (error) {
    db.close();
    if (options.readonly !== true || !lacksSideFiles(path, error)) throw error;
    return { db: readIntoMemory(path), hasBeenWritten: () => fingerprint(path) !== asItWas };
  }
}

/**
 * SQLite notices a file cut short only when it reaches the missing page; the header tells at once. Not checked while
 * there is a log beside the file: the log may still hold the missing pages.
 */
export function checkWhole(path: string): void {
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) return;
  const header = Buffer.alloc(100);
  const fd = openSync(path, 'r');
  try {
    readSync(fd, header, 0, header.length, 0);
  } finally {
    closeSync(fd);
  }
  if (header.toString('latin1', 0, 15) !== 'SQLite format 3') throw new FeedError('not a database');
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const announced = pageBytes * header.readUInt32BE(28);
  const { size } = statSync(path);
  if (size < announced) throw new FeedError(`cut short: ${size} of ${announced} bytes`);
}
