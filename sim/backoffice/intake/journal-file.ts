/** Reads the journal of a bus as a file: read-only, whatever firmware wrote it, and believing nothing of it. */
import Database from 'better-sqlite3';
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import { printable } from '../../../device/kit/printable.ts';
import { laterColumns, tapColumns } from './tap-row.ts';

const applicationId = 0x46564a4c;
const newestSchema = 3;
/** The longest value of a row that is right, and one more: a longer one is not even read. */
const longestRead = 33;

export interface JournalFile {
  readonly device: string;
  /** In the order of seq, so many at a time. */
  rows(): Iterable<readonly unknown[] | readonly object[]>;
  close(): void;
}

const rowsAtATime = 10_000;

/** @throws WrongUsage for what is no journal, or a newer firmware's */
export function openJournalFile(path: string): JournalFile {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: 1000 });
    db.pragma('trusted_schema = OFF');
    const has = columnsOf(db);
    const device = db.prepare<[], unknown>('SELECT substr(device, 1, 65) FROM owner').pluck().get();
    if (typeof device !== 'string') throw new Error('it does not say whose it is');
    const page = db.prepare<[number, number], { seq: unknown }>(
      `SELECT ${tapColumns.map(column => selected(column, has)).join(', ')} FROM tap WHERE seq > ? ORDER BY seq LIMIT ?`,
    );
    const opened = db;
    return {
      device,
      *rows() {
        for (let last = -1; ; ) {
          const rows = page.all(last, rowsAtATime);
          const [end] = rows.slice(-1);
          if (end === undefined) return;
          yield rows;
          // What is no number stands behind all numbers, and is refused.
          if (typeof end.seq !== 'number') return;
          last = end.seq;
        }
      },
      close: () => void opened.close(),
    };
  } catch (error) {
    db?.close();
    throw new WrongUsage(printable(`${path}: ${messageOf(error)}`));
  }
}

function columnsOf(db: Database.Database): ReadonlySet<string> {
  if (db.pragma('application_id', { simple: true }) !== applicationId)
    throw new Error('the file is not a journal');
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > newestSchema) throw new Error(`schema ${version}, newer than ${newestSchema}`);
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  if (!['tap', 'owner'].every(table => tables.includes(table)))
    throw new Error('the file has no rows of a journal');
  const columns = db.prepare<[], string>("SELECT name FROM pragma_table_info('tap')").pluck().all();
  const missing = tapColumns.filter(column => !columns.includes(column) && !laterColumns.has(column));
  if (missing.length > 0) throw new Error(`its rows have no ${missing.join(', ')}`);
  return new Set(columns);
}

function selected(column: string, has: ReadonlySet<string>): string {
  if (!has.has(column)) return `${column === 'event' ? "'tap'" : 'NULL'} AS ${column}`;
  return `CASE WHEN typeof(${column}) IN ('text', 'blob') THEN substr(${column}, 1, ${longestRead}) ELSE ${column} END AS ${column}`;
}
