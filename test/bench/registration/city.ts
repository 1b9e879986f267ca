/**
 * A store full of people, as if a city had registered: sealed, hashed and under tokens as the service does it, but put in
 * table by table in the order of the keys, and indexed at the end. Without consent records and audit, which nobody publishes.
 */
import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { feedPlaces } from '../../../sim/backoffice/publisher/feed-places.ts';
import { orderOf } from '../../../sim/backoffice/publisher/sort-order.ts';
import { sealIdentity } from '../../../sim/backoffice/store/identity-columns.ts';
import { numberOfKind, sealAccount } from '../../../sim/backoffice/store/medium-columns.ts';
import { openVault, storePlaces } from '../../../sim/backoffice/store/sqlite-store.ts';
import type { Medium } from '../../../sim/backoffice/store/store.ts';
import type { Vault } from '../../../sim/backoffice/store/vault.ts';
import { tokenNumber } from '../../../sync/feed/links.ts';
import { valueOfStatus } from '../../../sync/feed/statuses.ts';
import { type FleetKey, readFleetKeys, tokenOf } from '../../../sync/fleet-keys.ts';
import { accountOf, passengerName, phoneOf } from './passengers.ts';

/** Every fourth person has a ride code beside the card. */
const secondEvery = 4;
const keyBytes = 16;
const cacheKiB = 1 << 20;
const signBit = 1n << 63n;

/** @param directory a back office's data, which has nobody in it yet */
export function fillCity(directory: string, people: number): void {
  const places = storePlaces(directory);
  const vault = openVault(places);
  const [fleetKey] = readFleetKeys(feedPlaces(join(directory, 'feed')).fleetKeys);
  const db = new Database(places.office);
  for (const setting of ['journal_mode = DELETE', 'synchronous = OFF', `cache_size = ${-cacheKiB}`])
    db.pragma(setting);
  const indexes = dropIndexes(db);
  db.exec('BEGIN');
  const keys = putPersons(db, vault, people);
  putLinks(db, vault, fleetKey, keys);
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

/** Person i has the id i + 1. @returns their hashes, one after the other */
function putPersons(db: Database.Database, vault: Vault, people: number): Buffer {
  const insert = db.prepare('INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?)');
  const keys = Buffer.alloc(keyBytes * people);
  const now = Date.now();
  for (let i = 0; i < people; i++) {
    const { key, name, phone } = sealIdentity(vault, { name: passengerName, phone: phoneOf(i) });
    key.copy(keys, keyBytes * i);
    insert.run(i + 1, key, name, phone, valueOfStatus('green'), now, now);
  }
  return keys;
}

function putLinks(db: Database.Database, vault: Vault, fleetKey: FleetKey, keys: Buffer): void {
  const people = keys.length / keyBytes;
  const count = people + Math.ceil(people / secondEvery);
  // In this order they are ascending as signed numbers, as SQLite has them.
  const tokens = new BigUint64Array(count);
  for (let row = 0; row < count; row++) {
    const { kind, account } = mediumOf(row, people);
    tokens[row] = tokenNumber(tokenOf(fleetKey, kind, account)) ^ signBit;
  }
  const insert = db.prepare('INSERT INTO link VALUES (?, ?, ?, ?)');
  for (const row of orderOf(tokens)) {
    const owner = ownerOf(row, people);
    const key = keys.subarray(keyBytes * owner, keyBytes * (owner + 1));
    const medium = mediumOf(row, people);
    const token = BigInt.asIntN(64, (tokens[row] ?? 0n) ^ signBit);
    insert.run(token, owner + 1, numberOfKind(medium.kind), sealAccount(vault, key, medium));
  }
}

/** Everybody's card, then the ride codes. */
function mediumOf(row: number, people: number): Medium {
  if (row < people) return { kind: 't-union', account: accountOf(row) };
  return { kind: 'ride-code', account: String(row).padStart(20, '0') };
}

function ownerOf(row: number, people: number): number {
  return row < people ? row : (row - people) * secondEvery;
}

/** What is still to be written is not to hold up what is timed. */
function flush(file: string): void {
  const open = openSync(file, 'r+');
  fdatasyncSync(open);
  closeSync(open);
}
