/**
 * Which slot each person has in the version last published, in an SQLite file of the publisher's own.
 *
 * The persons of a snapshot are written once, in buckets by the upper 14 bits of their numbers, which are hashes: a city's
 * 16 million take 16,384 rows of some 1,000 persons each. What later versions change is beside them, a row a person, so
 * that a change rewrites a small table and not every bucket.
 */
import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { moveDurably, syncPath } from '../../device/kit/durable-file.ts';
import { halvesOf, placeOf } from '../feed/links.ts';
import type { PersonColumns } from './assign-slots.ts';

export interface Person {
  readonly slot: number;
  /** How many media are linked to this person. */
  readonly media: number;
}

export interface PersonStore {
  /** The feed's version that it is of; undefined where nothing usable is kept. */
  version(): number | undefined;
  /** Fastest when asked in ascending order. */
  find(person: bigint): Person | undefined;
  /** Everybody, in ascending order of their numbers, some at a time. */
  all(): Iterable<PersonColumns>;
  /** All of them anew. */
  replace(version: number, persons: PersonColumns): void;
  /** @param changes 0 media for a person who has none any more */
  change(version: number, changes: PersonColumns): void;
  close(): void;
}

/** Counted up with the schema: a file of another one is begun anew. */
const schemaVersion = 2;
const schema = `
  PRAGMA user_version = ${schemaVersion};
  CREATE TABLE IF NOT EXISTS published (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS bucket (
    id INTEGER PRIMARY KEY, numbers BLOB NOT NULL, slots BLOB NOT NULL, media BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS change (
    number INTEGER PRIMARY KEY, slot INTEGER NOT NULL, media INTEGER NOT NULL
  ) STRICT;
`;
const bucketBits = 14;
const bucketMask = 2 ** bucketBits - 1;
/** Some 1,000 persons of 16 bytes fit one page. */
const pageBytes = 32_768;
const signed = (person: bigint) => BigInt.asIntN(64, person);
const personBits = BigInt(64 - bucketBits);
const bucketOf = (person: bigint) => Number(person >> personBits);

/** One that is damaged, or of an older schema, is begun anew. */
export function openPersonStore(path: string): PersonStore {
  let db = openOrReplace(path);
  let readBucket = createBucketReader(db);
  /** The bucket read last. */
  let bucket: { readonly id: number; readonly persons: PersonColumns } | undefined;

  return {
    version: () => db.prepare<[], number>('SELECT version FROM published').pluck().get(),
    find(person) {
      const id = bucketOf(person);
      if (bucket?.id !== id) bucket = { id, persons: readBucket(id) };
      return findIn(bucket.persons, person);
    },
    *all() {
      const next = createBucketFinder(db);
      for (let id = next(0); id !== undefined; id = next(id + 1)) yield readBucket(id);
    },
    replace(version, persons) {
      db.close();
      build(path, version, persons);
      db = open(path);
      readBucket = createBucketReader(db);
      bucket = undefined;
    },
    change(version, { numbers, slots, media }) {
      const put = db.prepare('INSERT OR REPLACE INTO change VALUES (?, ?, ?)');
      db.transaction(() => {
        numbers.forEach((number, i) => void put.run(signed(number), slots[i], media[i]));
        setVersion(db, version);
      })();
      bucket = undefined;
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
  let db = new Database(path);
  try {
    const version = db.pragma('user_version', { simple: true });
    if (version !== schemaVersion) {
      db.close();
      removeFiles(path);
      db = new Database(path);
      db.pragma('synchronous = NORMAL');
    }
    db.pragma('journal_mode = WAL');
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

function setVersion(db: Database.Database, version: number): void {
  db.prepare('INSERT OR REPLACE INTO published VALUES (1, ?)').run(version);
}

/** Without a journal, into a file of its own that is whole and on the disk before it takes the place. */
function build(path: string, version: number, persons: PersonColumns): void {
  const building = `${path}.building`;
  removeFiles(building);
  const db = new Database(building);
  try {
    db.pragma(`page_size = ${pageBytes}`);
    db.pragma('journal_mode = OFF');
    db.pragma('synchronous = OFF');
    db.exec(schema);
    db.transaction(() => {
      insertBuckets(db, persons);
      setVersion(db, version);
    })();
  } finally {
    db.close();
  }
  syncPath(building);
  removeFiles(path);
  moveDurably(building, path);
}

function insertBuckets(db: Database.Database, persons: PersonColumns): void {
  const insert = db.prepare('INSERT INTO bucket VALUES (?, ?, ?, ?)');
  const { numbers } = persons;
  const halves = halvesOf(numbers);
  const bucketAt = (person: number) => (halves[2 * person + 1] ?? 0) >>> (32 - bucketBits);
  for (let from = 0; from < numbers.length; ) {
    const id = bucketAt(from);
    let to = from + 1;
    while (to < numbers.length && bucketAt(to) === id) to++;
    const blob = (column: BigUint64Array | Uint32Array) => new Uint8Array(column.slice(from, to).buffer);
    insert.run(id, blob(numbers), blob(persons.slots), blob(persons.media));
    from = to;
  }
}

interface BucketRow {
  readonly numbers: Buffer;
  readonly slots: Buffer;
  readonly media: Buffer;
}

type ChangedPerson = readonly [number: bigint, slot: bigint, media: bigint];

/**
 * Most buckets of a small feed are empty, and looking into each of the 16,384 would take longer than all the rest.
 *
 * @returns finds the first bucket from one on in which there may be somebody
 */
function createBucketFinder(db: Database.Database): (from: number) => number | undefined {
  const built = db
    .prepare<[number], number>('SELECT id FROM bucket WHERE id >= ? ORDER BY id LIMIT 1')
    .pluck();
  const changed = db
    .prepare<[], number>(
      `SELECT DISTINCT (number >> ${personBits}) & ${bucketMask} AS id FROM change ORDER BY id`,
    )
    .pluck()
    .all();
  let at = 0;
  return from => {
    while ((changed[at] ?? from) < from) at++;
    const ids = [built.get(from), changed[at]].filter(id => id !== undefined);
    return ids.length === 0 ? undefined : Math.min(...ids);
  };
}

/** @returns reads a bucket as it is now */
function createBucketReader(db: Database.Database): (id: number) => PersonColumns {
  const get = db.prepare<[number], BucketRow>('SELECT numbers, slots, media FROM bucket WHERE id = ?');
  const changes = db
    .prepare<[bigint, bigint], ChangedPerson>(
      'SELECT number, slot, media FROM change WHERE number BETWEEN ? AND ? ORDER BY number',
    )
    .raw()
    .safeIntegers();
  return id => {
    const first = signed(BigInt(id) << personBits);
    const row = get.get(id);
    const before = row === undefined ? nobody : columnsOf(row);
    const changed = changes.all(first, first + (1n << personBits) - 1n);
    return changed.length === 0 ? before : withChanges(before, changed);
  };
}

const nobody: PersonColumns = {
  numbers: new BigUint64Array(0),
  slots: new Uint32Array(0),
  media: new Uint32Array(0),
};

/** Copies, for a blob may begin at any byte of its memory, and numbers may not. */
function columnsOf({ numbers, slots, media }: BucketRow): PersonColumns {
  return {
    numbers: new BigUint64Array(Uint8Array.from(numbers).buffer),
    slots: new Uint32Array(Uint8Array.from(slots).buffer),
    media: new Uint32Array(Uint8Array.from(media).buffer),
  };
}

function withChanges(before: PersonColumns, changed: readonly ChangedPerson[]): PersonColumns {
  const most = before.numbers.length + changed.length;
  const numbers = new BigUint64Array(most);
  const slots = new Uint32Array(most);
  const media = new Uint32Array(most);
  let count = 0;
  const put = (number: bigint, slot: number, mediaCount: number) => {
    numbers[count] = number;
    slots[count] = slot;
    media[count] = mediaCount;
    if (mediaCount > 0) count++;
  };
  let at = 0;
  const putBefore = () => put(before.numbers[at] ?? 0n, before.slots[at] ?? 0, before.media[at++] ?? 0);
  for (const [key, slot, mediaCount] of changed) {
    const number = BigInt.asUintN(64, key);
    while (at < before.numbers.length && (before.numbers[at] ?? 0n) < number) putBefore();
    if (before.numbers[at] === number) at++;
    put(number, Number(slot), Number(mediaCount));
  }
  while (at < before.numbers.length) putBefore();
  return {
    numbers: numbers.subarray(0, count),
    slots: slots.subarray(0, count),
    media: media.subarray(0, count),
  };
}

function findIn({ numbers, slots, media }: PersonColumns, person: bigint): Person | undefined {
  const at = placeOf(numbers, person);
  return numbers[at] === person ? { slot: slots[at] ?? 0, media: media[at] ?? 0 } : undefined;
}
