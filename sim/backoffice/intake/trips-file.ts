/**
 * What the buses have reported, in an SQLite file of its own beside the office's store: who travels where is other data than who
 * has registered, and it knows tokens only, no account and no name.
 *
 * A row's key is its journal's number times 2^32 plus its seq: a journal's rows lie together, and none is there twice. A journal is
 * one epoch of a device, a row of the table `device`.
 */
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { openDatabase, type Schema } from '../store/sqlite-file.ts';

const opening = `
  CREATE TABLE device (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE tap (
    id INTEGER PRIMARY KEY,
    event TEXT NOT NULL, of_row INTEGER, at INTEGER NOT NULL, reader TEXT NOT NULL, line TEXT NOT NULL,
    kind TEXT, token BLOB, code_digest BLOB, verdict TEXT NOT NULL, reason TEXT, phase TEXT NOT NULL,
    fare_taken INTEGER NOT NULL, fare_fen INTEGER NOT NULL, checked_row INTEGER, checked_by TEXT,
    card_kind TEXT, bus TEXT, stop TEXT, step TEXT, on_stop TEXT, on_at INTEGER,
    most_fen INTEGER, owed_fen INTEGER, short_fen INTEGER, purchase TEXT, balance_fen INTEGER, card_sequence INTEGER,
    terminal TEXT, terminal_sequence INTEGER, tac BLOB, mac_checked INTEGER
  ) STRICT;
  CREATE INDEX tap_at ON tap (at);
  CREATE INDEX tap_token ON tap (token, at) WHERE token IS NOT NULL;
  CREATE TABLE run (
    device INTEGER NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
    first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, PRIMARY KEY (device, first_seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE post (
    device INTEGER NOT NULL, bus TEXT NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
    PRIMARY KEY (device, bus)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE arrival (day INTEGER PRIMARY KEY, rows INTEGER NOT NULL, last_at INTEGER NOT NULL) STRICT;
  CREATE TABLE made_up (
    ride INTEGER PRIMARY KEY, stop TEXT NOT NULL, at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE epoch (since INTEGER PRIMARY KEY) STRICT;
`;

/** A device may have several journals, one after the other; and each row knows when it came. */
const epochs = `
  CREATE TABLE journal (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, epoch INTEGER NOT NULL, last_came_at INTEGER, UNIQUE (name, epoch)
  ) STRICT;
  INSERT INTO journal SELECT id, name, 1, NULL FROM device;
  DROP TABLE device;
  ALTER TABLE journal RENAME TO device;
  ALTER TABLE tap ADD COLUMN clock TEXT;
  ALTER TABLE tap ADD COLUMN came_at INTEGER;
`;

/** Days whose rows say of nobody any more where they went; `last_at` is when the last of them had come. */
const forgotten = 'CREATE TABLE forgotten (day INTEGER PRIMARY KEY, last_at INTEGER NOT NULL) STRICT;';

const schema: Schema = { name: 'trips', applicationId: 0x42545250, steps: [opening, epochs, forgotten] };

export interface TripPlaces {
  readonly trips: string;
  /** A file for each settled day. */
  readonly settled: string;
  /** The policies and lines that have been published, each since when. */
  readonly past: string;
}

/** @param dir the back office's */
export function tripPlaces(dir: string): TripPlaces {
  return { trips: join(dir, 'trips.sqlite'), settled: join(dir, 'settled'), past: join(dir, 'past') };
}

/** @throws DeviceError storage */
export function openTrips(dir: string): Database.Database {
  const db = openDatabase(tripPlaces(dir).trips, schema);
  // The index of tokens is written all over: what it needs of it stays in memory.
  db.pragma('cache_size = -131072');
  return db;
}

const perJournal = 2 ** 32;

/** @param journal its number */
export function rowId(journal: number, seq: number): number {
  return journal * perJournal + seq;
}

/** @returns the number of its journal */
export function journalOf(id: number): number {
  return Math.floor(id / perJournal);
}

export function seqOf(id: number): number {
  return id % perJournal;
}

/** SQL, of a row of `device`: whether no earlier journal of the same device is known. Epochs begin with any number. */
export const firstJournal =
  'device.epoch = (SELECT min(epoch) FROM device AS other WHERE other.name = device.name)';

/** @returns by its number, the name of each journal: the device's, and `/` and the epoch of a later one */
export function journalNames(trips: Database.Database): ReadonlyMap<number, string> {
  const names = trips.prepare<[], { id: number; name: string }>(
    `SELECT id, iif(${firstJournal}, name, name || '/' || epoch) AS name FROM device`,
  );
  return new Map(names.all().map(({ id, name }) => [id, name]));
}

/** @param names as `journalNames` gives them */
export function rowName(id: number, names: ReadonlyMap<number, string>): string {
  return `${names.get(journalOf(id)) ?? '?'} ${seqOf(id)}`;
}
