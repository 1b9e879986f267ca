/**
 * What every notice is measured against: one bare insert into a SQLite table, fsynced as the journal's are (WAL,
 * synchronous=FULL), on the same disk and in between the same presentations.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';

export interface Reference {
  /** Milliseconds of every insert so far. */
  readonly samples: readonly number[];
  insert(): void;
  close(): void;
}

/** About as much as a row of the journal. */
const rowBytes = 100;

export function createReference(directory: string): Reference {
  const db = new Database(join(directory, 'reference.sqlite'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE reference (id INTEGER PRIMARY KEY, row BLOB NOT NULL) STRICT');
  const insert = db.prepare('INSERT INTO reference (row) VALUES (?)');
  const row = Buffer.alloc(rowBytes, 1);
  const samples: number[] = [];
  return {
    samples,
    insert() {
      const started = performance.now();
      insert.run(row);
      samples.push(performance.now() - started);
    },
    close: () => void db.close(),
  };
}
