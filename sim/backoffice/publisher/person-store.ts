/** Who has which slot: the publisher's memory of the persons in the version last published. */
import { existsSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { PersonColumns } from './numbering.ts';

export interface Person {
  readonly slot: number;
  /** How many media are linked to this person. */
  readonly media: number;
  /** 4-bit value. */
  readonly status: number;
}

export interface PersonStore {
  /** Of the feed; undefined where there is no usable memory. */
  version(): number | undefined;
  find(person: bigint): Person | undefined;
  /** In ascending order of their numbers. */
  statuses(): Iterable<readonly [person: bigint, status: number]>;
  /** All of them anew. */
  replace(version: number, persons: PersonColumns): void;
  /** @param changes undefined for a person who has no media any more */
  change(version: number, changes: ReadonlyMap<bigint, Person | undefined>): void;
  close(): void;
}

const schema = `
  CREATE TABLE IF NOT EXISTS published (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS person (
    number INTEGER PRIMARY KEY, slot INTEGER NOT NULL, media INTEGER NOT NULL, status INTEGER NOT NULL
  ) STRICT;
`;
const rowsPerInsert = 64;
/** A server's: persons change in no order. */
const cacheKiB = 256 * 1024;
const signed = (person: bigint) => BigInt.asIntN(64, person);

/** One that is damaged is begun anew. */
export function openPersonStore(path: string): PersonStore {
  let db = openOrReplace(path);
  let get = prepareGet(db);

  function setVersion(version: number): void {
    db.prepare('INSERT OR REPLACE INTO published VALUES (1, ?)').run(version);
  }

  return {
    version: () => db.prepare<[], number>('SELECT version FROM published').pluck().get(),
    find: person => get.get(signed(person)),
    *statuses() {
      for (const half of ['>= 0', '< 0']) {
        const rows = db.prepare<[], [bigint, bigint]>(
          `SELECT number, status FROM person WHERE number ${half} ORDER BY number`,
        );
        for (const [number, status] of rows.raw().safeIntegers().iterate()) {
          yield [BigInt.asUintN(64, number), Number(status)];
        }
      }
    },
    replace(version, persons) {
      db.close();
      removeFiles(path);
      db = open(path);
      get = prepareGet(db);
      db.transaction(() => {
        insertAll(db, persons);
        setVersion(version);
      })();
    },
    change(version, changes) {
      const put = db.prepare('INSERT OR REPLACE INTO person VALUES (?, ?, ?, ?)');
      const remove = db.prepare('DELETE FROM person WHERE number = ?');
      db.transaction(() => {
        for (const [number, person] of inKeyOrder(changes)) {
          if (person === undefined) remove.run(signed(number));
          else put.run(signed(number), person.slot, person.media, person.status);
        }
        setVersion(version);
      })();
    },
    close: () => void db.close(),
  };
}

function openOrReplace(path: string): Database.Database {
  try {
    return open(path);
  } catch (error) {
    const isDamaged = error instanceof Database.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/.test(error.code);
    if (!isDamaged) throw error;
    removeFiles(path);
    return open(path);
  }
}

function open(path: string): Database.Database {
  const isNew = !existsSync(path);
  const db = new Database(path);
  try {
    db.pragma('journal_mode = WAL');
    db.pragma(`cache_size = ${-cacheKiB}`);
    if (isNew) db.pragma('synchronous = NORMAL');
    db.exec(schema);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function removeFiles(path: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
}

/** Each page of the tree is written once, and not again and again. */
function inKeyOrder<T>(changes: ReadonlyMap<bigint, T>): (readonly [bigint, T])[] {
  return [...changes].sort(([a], [b]) => (signed(a) < signed(b) ? -1 : 1));
}

function prepareGet(db: Database.Database) {
  return db.prepare<[bigint], Person>('SELECT slot, media, status FROM person WHERE number = ?');
}

/** The numbers are ascending as unsigned ones: from the first negative one on, then from the start. */
function insertAll(db: Database.Database, { numbers, slots, media, statuses }: PersonColumns): void {
  const statement = (rows: number) =>
    db.prepare<unknown[]>(
      `INSERT INTO person VALUES ${Array.from({ length: rows }, () => '(?, ?, ?, ?)').join()}`,
    );
  const many = statement(rowsPerInsert);
  const one = statement(1);
  const firstNegative = numbers.findIndex(number => number >= 2n ** 63n);
  const start = firstNegative < 0 ? 0 : firstNegative;
  const values: unknown[] = [];
  for (let i = 0; i < numbers.length; i++) {
    const at = (start + i) % numbers.length;
    values.push(signed(numbers[at] ?? 0n), slots[at], media[at], statuses[at]);
    if (values.length === 4 * rowsPerInsert) many.run(values.splice(0));
  }
  while (values.length > 0) one.run(values.splice(0, 4));
}
