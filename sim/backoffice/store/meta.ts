/** Single values of the store, by name. */
import type Database from 'better-sqlite3';

type Value = string | number | Buffer;

export function readMeta(db: Database.Database, name: string): Value | undefined {
  return db.prepare<[string], Value>('SELECT value FROM meta WHERE name = ?').pluck().get(name);
}

/** Within the caller's transaction. */
export function writeMeta(db: Database.Database, name: string, value: Value): void {
  db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(name, value);
}
