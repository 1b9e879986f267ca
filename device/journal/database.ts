/** The journal's file: its tables, whose it is, and how an earlier firmware's becomes this one's. */
import Database from 'better-sqlite3';

/** Somebody else may write for so long. */
export const lockTimeoutMs = 200;

const applicationId = 0x46564a4c;
const schemaVersion = 3;
const schema = `
  CREATE TABLE owner (id INTEGER PRIMARY KEY CHECK (id = 1), device TEXT NOT NULL, probed_at INTEGER NOT NULL) STRICT;
  CREATE TABLE tap (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    reader TEXT NOT NULL,
    line TEXT NOT NULL,
    kind TEXT,
    token BLOB,
    code_digest BLOB,
    verdict TEXT NOT NULL,
    reason TEXT,
    phase TEXT NOT NULL,
    fare_taken INTEGER NOT NULL,
    fare_fen INTEGER NOT NULL,
    checked_row INTEGER,
    checked_by TEXT
  ) STRICT;
  CREATE INDEX tap_at ON tap (at);
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
  CREATE INDEX tap_of_row ON tap (of_row) WHERE of_row IS NOT NULL;
`;
/** From each earlier version to the next. */
const migrations: Readonly<Record<number, string>> = {
  1: 'ALTER TABLE tap ADD COLUMN checked_row INTEGER; ALTER TABLE tap ADD COLUMN checked_by TEXT;',
  2: `${rideColumns.map(column => `ALTER TABLE tap ADD COLUMN ${column};`).join('')} ${openPurchases}`,
};

/** @throws for what is no journal, is damaged, another device's, or a newer firmware's */
export function openDatabase(path: string, device: string): Database.Database {
  const db = new Database(path, { timeout: lockTimeoutMs });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    // The tables and the owner's row are one transaction: a power cut leaves an empty file, never half of it.
    if (versionOf(db) === 0) {
      db.transaction(() => {
        db.exec(schema);
        db.exec(migrations[2] ?? '');
        db.prepare('INSERT INTO owner VALUES (1, ?, 0)').run(device);
        db.pragma(`application_id = ${applicationId}`);
        db.pragma(`user_version = ${schemaVersion}`);
      })();
    }
    checkOwner(db, device);
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function checkOwner(db: Database.Database, device: string): void {
  const version = versionOf(db);
  const id = db.pragma('application_id', { simple: true });
  if (id !== applicationId) throw new Error('the file is not a journal');
  if (version !== schemaVersion && migrations[version] === undefined) {
    throw new Error(`schema ${version}, this firmware knows ${schemaVersion}`);
  }
  const owner = db.prepare<[], { device: string }>('SELECT device FROM owner').get();
  if (owner?.device !== device) throw new Error(`the journal belongs to device ${owner?.device}`);
  const damage = db.pragma('quick_check(1)', { simple: true });
  if (damage !== 'ok') throw new Error(`the file is damaged: ${String(damage)}`);
}

function versionOf(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/** An earlier firmware's journal keeps its rows. A version is one transaction: a power cut leaves the one before. */
function migrate(db: Database.Database): void {
  for (let version = versionOf(db); version < schemaVersion; version++) {
    db.transaction(() => {
      db.exec(migrations[version] ?? '');
      db.pragma(`user_version = ${version + 1}`);
    })();
  }
}
