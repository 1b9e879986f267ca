/** Reads the journal of a bus as a file: read-only, whatever firmware wrote it, and believing nothing of it. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import { printable } from '../../../device/kit/printable.ts';
import type { RawRow } from './row-reader.ts';
import { laterColumns, tapColumns } from './tap-row.ts';
import type { JournalName } from './tap-store.ts';

const applicationId = 0x46564a4c;
/** Of rows that are columns, in clear. */
const plainSchema = 3;
const sealedSchema = 4;
/** The longest value of a row that is right, and one more: a longer one is not even read. */
const longestRead = 33;
const longestBody = 4097;

/** Rows as bytes; or, of earlier firmware, what should be `TapRow`s. */
export type Portion =
  | { readonly raw: readonly RawRow[] }
  | { readonly rows: readonly object[] }
  /** What follows cannot be read, and why: the file is cut, or damaged. */
  | { readonly unreadable: string };

export interface JournalFile extends JournalName {
  /** In the order of seq, so many at a time. */
  portions(): Iterable<Portion>;
  close(): void;
}

const rowsAtATime = 10_000;

/** In a validator's directory. */
const usualName = 'journal.sqlite';

/** @param given the file, or the directory that it is in. @throws WrongUsage for what is no journal, or a newer firmware's */
export function openJournalFile(given: string): JournalFile {
  const path = statSync(given, { throwIfNoEntry: false })?.isDirectory() ? join(given, usualName) : given;
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: 1000 });
    db.pragma('trusted_schema = OFF');
    const opened = db;
    const schema = schemaOf(opened);
    const device = opened.prepare<[], unknown>('SELECT substr(device, 1, 65) FROM owner').pluck().get();
    if (typeof device !== 'string') throw new Error('it does not say whose it is');
    return {
      ...{ device, epoch: schema === sealedSchema ? epochOf(opened) : 1 },
      portions: schema === sealedSchema ? rawPortions(opened) : plainPortions(opened),
      close: () => void opened.close(),
    };
  } catch (error) {
    db?.close();
    throw new WrongUsage(printable(`${path}: ${messageOf(error)}`));
  }
}

function epochOf(db: Database.Database): number {
  return Number(db.prepare('SELECT epoch FROM owner').pluck().get());
}

function rawPortions(db: Database.Database) {
  const page = db.prepare<[number, number], RawRow>(
    `SELECT seq, CASE WHEN key_id IS NULL THEN NULL ELSE lower(hex(substr(key_id, 1, 9))) END AS keyId,
       CAST(substr(body, 1, ${longestBody}) AS BLOB) AS body
     FROM row WHERE seq > ? ORDER BY seq LIMIT ?`,
  );
  return function* portions(): Iterable<Portion> {
    for (let [last, limit] = [-1, rowsAtATime]; ; ) {
      const raw = tried(() => page.all(last, limit));
      if ('why' in raw && limit === 1) {
        yield { unreadable: `after row ${Math.max(last, 0)}: ${raw.why}` };
        return;
      }
      if ('why' in raw) {
        // What stands before the damage is whole.
        limit = 1;
        continue;
      }
      const [end] = raw.slice(-1);
      if (end === undefined) return;
      yield { raw };
      last = end.seq;
    }
  };
}

function tried<T>(read: () => T): T | { readonly why: string } {
  try {
    return read();
  } catch (error) {
    return { why: messageOf(error) };
  }
}

function plainPortions(db: Database.Database) {
  const has = columnsOf(db);
  const page = db.prepare<[number, number], { seq: unknown }>(
    `SELECT ${tapColumns.map(column => selected(column, has)).join(', ')} FROM tap WHERE seq > ? ORDER BY seq LIMIT ?`,
  );
  return function* portions(): Iterable<Portion> {
    for (let last = -1; ; ) {
      const rows = page.all(last, rowsAtATime);
      const [end] = rows.slice(-1);
      if (end === undefined) return;
      yield { rows };
      // What is no number stands behind all numbers, and is refused.
      if (typeof end.seq !== 'number') return;
      last = end.seq;
    }
  };
}

function schemaOf(db: Database.Database): number {
  if (db.pragma('application_id', { simple: true }) !== applicationId)
    throw new Error('the file is not a journal');
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > sealedSchema) throw new Error(`schema ${version}, newer than ${sealedSchema}`);
  const schema = Math.max(version, plainSchema);
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  const rows = schema === sealedSchema ? 'row' : 'tap';
  if (![rows, 'owner'].every(table => tables.includes(table)))
    throw new Error('the file has no rows of a journal');
  return schema;
}

function columnsOf(db: Database.Database): ReadonlySet<string> {
  const columns = db.prepare<[], string>("SELECT name FROM pragma_table_info('tap')").pluck().all();
  const missing = tapColumns.filter(column => !columns.includes(column) && !laterColumns.has(column));
  if (missing.length > 0) throw new Error(`its rows have no ${missing.join(', ')}`);
  return new Set(columns);
}

function selected(column: string, has: ReadonlySet<string>): string {
  if (!has.has(column)) return `${column === 'event' ? "'tap'" : 'NULL'} AS ${column}`;
  return `CASE WHEN typeof(${column}) IN ('text', 'blob') THEN substr(${column}, 1, ${longestRead}) ELSE ${column} END AS ${column}`;
}
