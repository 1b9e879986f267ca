/**
 * Who is to be published: noted by whoever changes a person, and taken by the publisher, which gets only tokens, persons'
 * numbers and statuses.
 *
 * Rows that are taken for a version are marked with it, and stay until the feed is known to be at that version. So whatever
 * is killed in between, the next publication knows whether that version was published.
 */
import Database from 'better-sqlite3';
import type { PeopleColumns } from '../../../sync/publisher/table/people-columns.ts';
import { officeSchema, readMeta, writeMeta } from './schema.ts';
import { openDatabase } from './sqlite-file.ts';
import type { PublishQueue } from './store.ts';

type Row = [token: bigint, person: bigint, status: bigint];

const removedRows = 'FROM published_link WHERE batch = ?';
const addedRows = `
  FROM dirty JOIN person ON person.id = dirty.person JOIN link ON link.person = person.id WHERE batch = ?`;
/** In the order of both tables. */
const allRows = 'FROM person JOIN link ON link.person = person.id ORDER BY person.id';

export interface Unpublished {
  /** This person is about to change. Call it within the transaction of the change, and before it. */
  note(person: number): void;
}

/** Keeps the links a person was published with, so that the next publication can take them back. */
export function createUnpublished(db: Database.Database): Unpublished {
  const note = db.prepare<[number]>('INSERT OR IGNORE INTO dirty (batch, person) VALUES (0, ?)');
  const keep = db.prepare<[number]>(
    'INSERT INTO published_link (batch, person, token) SELECT 0, person, token FROM link WHERE person = ?',
  );
  return {
    note(person) {
      if (note.run(person).changes > 0) keep.run(person);
    },
  };
}

/** @throws DeviceError storage */
export function openPublishQueue(path: string): PublishQueue {
  const db = openDatabase(path, officeSchema);
  const mark = (table: string) => db.prepare<[number]>(`UPDATE ${table} SET batch = ? WHERE batch = 0`);
  const [markDirty, markLinks] = [mark('dirty'), mark('published_link')];
  const markAll = (version: number) => {
    markDirty.run(version);
    markLinks.run(version);
  };
  const waiting = db.prepare<[number], number>('SELECT count(*) FROM (SELECT 1 FROM dirty LIMIT ?)').pluck();
  const batches = db.prepare<[], number>('SELECT DISTINCT batch FROM dirty WHERE batch > 0').pluck();

  return {
    settle(feedVersion) {
      const settle = db.transaction(() => {
        const known = readMeta(db, 'feed_version');
        const isPublished = batches.all().includes(feedVersion);
        for (const batch of batches.all()) {
          if (batch <= feedVersion) forget(db, batch);
          else putBack(db, batch);
        }
        writeMeta(db, 'feed_version', feedVersion);
        return isPublished || known === feedVersion;
      });
      return settle.immediate();
    },
    takeChanges(version, maxPersons) {
      if ((waiting.get(maxPersons + 1) ?? 0) > maxPersons) return undefined;
      const take = db.transaction(() => {
        markAll(version);
        const removed = readColumns(db, `token, person, 0 ${removedRows}`, removedRows, version);
        const added = readColumns(
          db,
          `link.token, person.id, person.status ${addedRows}`,
          addedRows,
          version,
        );
        return { removed, added };
      });
      return take.immediate();
    },
    takeAll(version) {
      const reader = new Database(path, { readonly: true });
      try {
        db.transaction(() => {
          // Nobody can write now, so what is read from here on is what is marked.
          reader.exec('BEGIN');
          reader.prepare('SELECT count(*) FROM meta').get();
          // Some rows may have been taken for this version already, as changes.
          putBack(db, version);
          markAll(version);
        }).immediate();
        return readColumns(reader, `link.token, person.id, person.status ${allRows}`, 'FROM link');
      } finally {
        reader.close();
      }
    },
    sourceAnsweredAt: () => Number(readMeta(db, 'source_answered_at') ?? 0),
    close: () => void db.close(),
  };
}

function forget(db: Database.Database, batch: number): void {
  db.prepare('DELETE FROM dirty WHERE batch = ?').run(batch);
  db.prepare('DELETE FROM published_link WHERE batch = ?').run(batch);
}

/** The batch was not published: what it kept of the published links still holds, and what was noted since does not. */
function putBack(db: Database.Database, batch: number): void {
  const persons = 'SELECT person FROM dirty WHERE batch = ?';
  db.prepare(`DELETE FROM published_link WHERE batch = 0 AND person IN (${persons})`).run(batch);
  db.prepare(`DELETE FROM dirty WHERE batch = 0 AND person IN (${persons})`).run(batch);
  db.prepare('UPDATE published_link SET batch = 0 WHERE batch = ?').run(batch);
  db.prepare('UPDATE dirty SET batch = 0 WHERE batch = ?').run(batch);
}

/** Reads row by row into columns, of 17 bytes for each row. */
function readColumns(
  db: Database.Database,
  what: string,
  counted: string,
  ...given: number[]
): PeopleColumns {
  const count = Number(
    db
      .prepare(`SELECT count(*) ${counted}`)
      .pluck()
      .get(...given),
  );
  const [tokens, persons] = [new BigInt64Array(count), new BigInt64Array(count)];
  const statuses = new Uint8Array(count);
  const rows = db.prepare<unknown[], Row>(`SELECT ${what}`).raw().safeIntegers();
  let i = 0;
  for (const [token, person, status] of rows.iterate(...given)) {
    tokens[i] = token;
    persons[i] = person;
    statuses[i] = Number(status);
    i++;
  }
  if (i !== count) throw new Error(`${i} rows to publish, not ${count}`);
  const unsigned = ({ buffer }: BigInt64Array) => new BigUint64Array(buffer);
  const keyId = String(readMeta(db, 'fleet_key'));
  return { tokens: unsigned(tokens), persons: unsigned(persons), statuses, keyId };
}
