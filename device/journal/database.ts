/** The journal's file: its tables, whose it is, and how an earlier firmware's becomes this one's. */
import Database from 'better-sqlite3';
import type { Digests } from './digests.ts';
import { migrateRows, type Remembered } from './plain-tables.ts';
import { openPurchaseTable } from './purchases.ts';
import { recentTable } from './recent.ts';
import { rowTable } from './sealed-rows.ts';

/** Somebody else may write for so long. */
export const lockTimeoutMs = 200;

/** Rows are written and hardly read: better-sqlite3's own 16 MiB would fill with what nobody asks for again. */
const cacheKib = 2000;

export const applicationId = 0x46564a4c;
export const schemaVersion = 4;
/** The next firmware's, which only adds to it: after an update that was given up this firmware goes on in it (decision 085). */
export const newestReadable: number = schemaVersion + 1;
const plainVersion = 3;
const tables = `${rowTable} ${recentTable} ${openPurchaseTable}`;
export const ownerTable = `
  CREATE TABLE owner (
    id INTEGER PRIMARY KEY CHECK (id = 1), device TEXT NOT NULL, probed_at INTEGER NOT NULL, epoch INTEGER NOT NULL
  ) STRICT;
`;
/** Columns that version 3 brought. */
const rideColumns = [
  "event TEXT NOT NULL DEFAULT 'tap'",
  ...['of_row', 'on_at', 'most_fen', 'owed_fen', 'short_fen', 'balance_fen'].map(name => `${name} INTEGER`),
  ...['card_sequence', 'terminal_sequence', 'mac_checked'].map(name => `${name} INTEGER`),
  ...['card_kind', 'bus', 'stop', 'step', 'on_stop', 'purchase', 'terminal'].map(name => `${name} TEXT`),
  'tac BLOB',
];
const openPurchases = `
  CREATE TABLE open_purchase (
    row INTEGER PRIMARY KEY,
    token BLOB NOT NULL,
    type TEXT NOT NULL,
    sequence INTEGER NOT NULL
  ) STRICT;
`;
/** From each version whose rows were columns to the next. */
const plainMigrations: Readonly<Record<number, string>> = {
  1: 'ALTER TABLE tap ADD COLUMN checked_row INTEGER; ALTER TABLE tap ADD COLUMN checked_by TEXT;',
  2: `${rideColumns.map(column => `ALTER TABLE tap ADD COLUMN ${column};`).join('')} ${openPurchases}`,
};

/** The file is no journal, or not whole: another one may be begun in its place. */
export class DamagedJournal extends Error {}

export interface Opening {
  readonly device: string;
  readonly digests: Digests;
  /** Of the journal that is begun where there is none. */
  readonly epoch: number;
  /** What the small tables hold is under a key that is lost. */
  readonly isKeyNew?: boolean;
  /** Since when rides are remembered, of an earlier firmware's. */
  readonly remembered: Remembered;
}

/** @throws DamagedJournal; Error for another device's, a newer firmware's, and what the system says */
export function openDatabase(path: string, opening: Opening): Database.Database {
  const db = new Database(path, { timeout: lockTimeoutMs });
  try {
    refuseOther(db);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    // What was deleted cannot be found in the file.
    db.pragma('secure_delete = ON');
    db.pragma(`cache_size = -${cacheKib}`);
    begin(db, opening);
    checkOwner(db, opening.device);
    migrate(db, opening);
    return db;
  } catch (error) {
    db.close();
    throw isDamage(error) ? new DamagedJournal(error.message, { cause: error }) : error;
  }
}

/** Before anything is changed in it. */
function refuseOther(db: Database.Database): void {
  const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  const id = db.pragma('application_id', { simple: true });
  if (id !== (isEmpty ? 0 : applicationId)) throw new DamagedJournal('the file is not a journal');
}

/** The tables and the owner's row are one transaction: a power cut leaves an empty file, never half of it. */
function begin(db: Database.Database, { device, epoch }: Opening): void {
  if (versionOf(db) > 0) return;
  db.transaction(() => {
    db.exec(`${ownerTable} ${tables}`);
    db.prepare('INSERT INTO owner VALUES (1, ?, 0, ?)').run(device, epoch);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${schemaVersion}`);
  })();
}

function checkOwner(db: Database.Database, device: string): void {
  const version = versionOf(db);
  if (version < 1 || version > newestReadable)
    throw new Error(`schema ${version}, this firmware knows ${schemaVersion}`);
  const owner = db.prepare<[], { device: string }>('SELECT device FROM owner').get();
  if (owner?.device !== device) throw new Error(`the journal belongs to device ${owner?.device}`);
  const damage = db.pragma('quick_check(1)', { simple: true });
  if (damage !== 'ok') throw new DamagedJournal(`the file is damaged: ${String(damage)}`);
}

function versionOf(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/** An earlier firmware's journal keeps its rows. A version is one transaction: a power cut leaves the one before. */
function migrate(db: Database.Database, { digests, remembered, isKeyNew }: Opening): void {
  if (isKeyNew && versionOf(db) >= schemaVersion) db.exec('DELETE FROM recent; DELETE FROM open_purchase;');
  for (let version = versionOf(db); version < schemaVersion; version++) {
    db.transaction(() => {
      if (version === plainVersion) migrateRows(db, tables, digests, remembered);
      else db.exec(plainMigrations[version] ?? '');
      db.pragma(`user_version = ${version + 1}`);
    })();
  }
}

function isDamage(error: unknown): error is Error {
  return (
    error instanceof DamagedJournal ||
    (error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code))
  );
}
