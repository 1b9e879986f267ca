/**
 * Opens a database of the back office and brings it to the newest schema. Deleted data is erased for good, and a commit is on
 * the disk when it returns.
 */
import Database from 'better-sqlite3';
import { DeviceError, messageOf } from '../../../device/kit/errors.ts';
import { prepareOwnDatabase } from '../../../device/kit/own-file.ts';

export interface Schema {
  /** For messages. */
  readonly name: string;
  /** Tells the file from those of other programs. */
  readonly applicationId: number;
  /** SQL, in order: step n takes version n to n + 1. A released step never changes. */
  readonly steps: readonly string[];
}

/** Another process may be importing, or the publisher may be taking changes. */
export const busyTimeoutMs = 10_000;

/** @throws DeviceError storage, also for another program's file or one of a newer version: neither is touched */
export function openDatabase(path: string, schema: Schema): Database.Database {
  let db: Database.Database | undefined;
  try {
    prepareOwnDatabase(path);
    db = new Database(path, { timeout: busyTimeoutMs });
    migrate(db, schema);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('secure_delete = ON');
    db.pragma('foreign_keys = ON');
    return db;
  } catch (error) {
    db?.close();
    throw new DeviceError('storage', schema.name, `${path}: ${messageOf(error)}`, error);
  }
}

function migrate(db: Database.Database, { applicationId, steps }: Schema): void {
  const read = (name: string) => Number(db.pragma(name, { simple: true }));
  const upgrade = db.transaction(() => {
    const [version, id] = [read('user_version'), read('application_id')];
    const isEmpty = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
    if (!isEmpty && id !== applicationId) throw new Error('not a file of this program');
    if (version > steps.length) throw new Error(`schema ${version}, newer than ${steps.length}`);
    for (const step of steps.slice(version)) db.exec(step);
    if (version === steps.length) return;
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${steps.length}`);
  });
  upgrade.immediate();
}

/** Removes what was deleted from the file and its log, unless somebody is reading an older state. */
export function checkpoint(db: Database.Database): void {
  // Otherwise it would wait for readers.
  withoutWaiting(db, () => db.pragma('wal_checkpoint(TRUNCATE)'));
}

/** Throws SQLITE_BUSY at once: where SQLite waits for a lock, the whole thread waits with it. */
export function withoutWaiting<T>(db: Database.Database, work: () => T): T {
  db.pragma('busy_timeout = 0');
  try {
    return work();
  } finally {
    db.pragma(`busy_timeout = ${busyTimeoutMs}`);
  }
}
