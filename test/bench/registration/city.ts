/**
 * A store full of people, as if a city had registered, put in table by table in the order of the keys and indexed at the end.
 *
 * Names, phones and accounts are sealed by the service's own code, but of most people they are somebody else's, which nobody
 * can tell by length or look, and hashes and tokens are drawn at random, as they are to whoever has no key: sealing 20 million
 * takes a quarter of an hour, and whoever publishes opens nothing. No consent records and no audit.
 */
import { randomBytes, randomFillSync } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { numberOfKind, sealAccount, sealIdentity } from '../../../sim/backoffice/store/sealed-columns.ts';
import { openVault, storePlaces } from '../../../sim/backoffice/store/sqlite-store.ts';
import type { Vault } from '../../../sim/backoffice/store/vault.ts';
import { valueOfStatus } from '../../../sync/feed/statuses.ts';
import { orderOf } from '../../../sync/publisher/table/sort-order.ts';
import { accountOf, passengerName, phoneOf } from './passengers.ts';

export interface City {
  readonly people: number;
  /** The first so many will be asked for, so that theirs must open. */
  readonly toOpen: number;
}

/** Every fourth person has two cards. */
const secondEvery = 4;
const keyBytes = 16;
/** Sealed accounts to draw from. */
const accounts = 1000;
const cacheKiB = 1 << 20;
const signBit = 1n << 63n;
const green = valueOfStatus('green');

/** @param directory a back office's data, which has nobody in it yet */
export function fillCity(directory: string, city: City): void {
  const places = storePlaces(directory);
  const vault = openVault(places);
  const db = new Database(places.office);
  for (const setting of ['journal_mode = DELETE', 'synchronous = OFF', `cache_size = ${-cacheKiB}`])
    db.pragma(setting);
  const indexes = dropIndexes(db);
  db.exec('BEGIN');
  putPersons(db, vault, city);
  putLinks(db, vault, city);
  for (const sql of indexes) db.exec(sql);
  db.exec('COMMIT');
  db.pragma('journal_mode = WAL');
  db.close();
  flush(places.office);
}

/** @returns how to make them again */
function dropIndexes(db: Database.Database): string[] {
  const indexes = db
    .prepare<[], { name: string; sql: string }>(
      `SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('person', 'link')`,
    )
    .all();
  for (const { name } of indexes) db.exec(`DROP INDEX ${name}`);
  return indexes.map(({ sql }) => sql);
}

/** Person i has the id i + 1. */
function putPersons(db: Database.Database, vault: Vault, { people, toOpen }: City): void {
  const insert = db.prepare('INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?)');
  const sealed = Array.from({ length: toOpen }, (_, i) =>
    sealIdentity(vault, { name: passengerName, phone: phoneOf(i) }),
  );
  const now = Date.now();
  for (let i = 0; i < people; i++) {
    const { key, name, phone } = pick(sealed, i);
    insert.run(i + 1, i < toOpen ? key : randomBytes(key.length), name, phone, green, now, now);
  }
}

function putLinks(db: Database.Database, vault: Vault, { people }: City): void {
  const tokens = new BigUint64Array(people + Math.ceil(people / secondEvery));
  randomFillSync(tokens);
  const media = Array.from({ length: accounts }, (_, i) => {
    const medium = { kind: 't-union', account: accountOf(i) } as const;
    return sealAccount(vault, randomBytes(keyBytes), medium);
  });
  const insert = db.prepare('INSERT INTO link VALUES (?, ?, ?, ?)');
  for (const row of orderOf(tokens)) {
    const owner = row < people ? row : (row - people) * secondEvery;
    // In this order they are ascending as signed numbers, as SQLite has them.
    const token = BigInt.asIntN(64, (tokens[row] ?? 0n) ^ signBit);
    insert.run(token, owner + 1, numberOfKind('t-union'), pick(media, row));
  }
}

function pick<T>(items: readonly T[], turn: number): T {
  const item = items[turn % items.length];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** What is still to be written is not to hold up what is timed. */
function flush(file: string): void {
  const open = openSync(file, 'r+');
  fdatasyncSync(open);
  closeSync(open);
}
