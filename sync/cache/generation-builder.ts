/**
 * Builds a new generation in key order, into a file of its own that is whole and on the disk before anybody opens it.
 */
import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { moveDurably } from '../../device/kit/durable-file.ts';
import { countMarks } from '../feed/denied-marks.ts';
import { FeedError } from '../feed/feed-error.ts';
import type { PartitionState } from '../feed/index-file.ts';
import { addBlocks, checkValue, createLinkMac, digestHex, emptyDigest } from '../feed/link-mac.ts';
import type { Links } from '../feed/links.ts';
import type { Statuses } from '../feed/statuses.ts';
import type { FleetKey } from '../fleet-keys.ts';
import { startChain } from './change-chain.ts';
import { writeState, writeStatuses } from './generation-rows.ts';
import { makeSideFiles } from './read-only-media.ts';
import { applicationId, rowValue, schema, schemaVersion } from './schema.ts';
import { type AnnouncedState, createSeals } from './seal.ts';

export interface GenerationBuilder {
  /**
   * In the order of `keyOrder`.
   * @param expected what the feed announced of it
   * @throws FeedError when it comes to something else
   */
  addPartition(partition: number, links: Links, expected: Pick<PartitionState, 'links' | 'digest'>): void;
  /** The generation is whole and durable at its path when it returns. */
  finish(state: AnnouncedState, statuses: Statuses): void;
  /** Gives it up; also after `finish` has failed. */
  discard(): void;
}

/** Rows inserted by one statement: the cost of calling SQLite is shared by them. */
const rowsPerInsert = 64;
/** What is written goes to the disk a little at a time: one long flush at the end would hold up the journal's. */
const partitionsPerFlush = 8;

export function buildGeneration(path: string, fleetKey: FleetKey): GenerationBuilder {
  const building = `${path}.building`;
  rmSync(building, { force: true });
  const db = createDatabase(building);
  const mac = createLinkMac(fleetKey);
  const insert = createInsert(db);
  const fd = openSync(building, 'r');
  let added = 0;
  let denied = 0;
  let isOpen = true;
  db.exec('BEGIN');

  function closeFile(): void {
    if (isOpen) closeSync(fd);
    isOpen = false;
  }

  return {
    addPartition(partition, links, expected) {
      const blocks = mac.blocks(links);
      const digest = emptyDigest();
      addBlocks(digest, blocks);
      const found = { links: links.slots.length, digest: digestHex(digest) };
      if (found.links !== expected.links || found.digest !== expected.digest) {
        throw new FeedError(
          `partition ${partition}: ${found.links} links with digest ${found.digest}, announced ${expected.links} with ${expected.digest}`,
        );
      }
      insert(links, blocks);
      denied += countMarks(links.slots);
      if (++added % partitionsPerFlush === 0) fsyncSync(fd);
    },
    finish(state, statuses) {
      const seals = createSeals(fleetKey);
      startChain(db, seals);
      writeStatuses(db, seals, statuses);
      writeState(db, seals, { ...state, denied });
      db.exec('COMMIT');
      db.pragma('journal_mode = WAL');
      db.close();
      fsyncSync(fd);
      closeFile();
      makeSideFiles(path);
      moveDurably(building, path);
    },
    discard() {
      db.close();
      closeFile();
      for (const file of [building, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
    },
  };
}

/** @throws SQLite's own error; then nothing is left of it */
function createDatabase(path: string): Database.Database {
  const db = new Database(path);
  try {
    db.pragma('journal_mode = OFF');
    db.pragma('synchronous = OFF');
    db.pragma('cache_size = -2000');
    db.exec(schema);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${schemaVersion}`);
    return db;
  } catch (error) {
    db.close();
    rmSync(path, { force: true });
    throw error;
  }
}

function createInsert(db: Database.Database): (links: Links, blocks: Uint32Array) => void {
  const statement = (rows: number) =>
    db.prepare<unknown[]>(
      `INSERT INTO link (rowid, value) VALUES ${Array.from({ length: rows }, () => '(?, ?)').join(', ')}`,
    );
  const many = statement(rowsPerInsert);
  const one = statement(1);
  const values: (bigint | number)[] = new Array(2 * rowsPerInsert).fill(0);
  return ({ tokens, slots }, blocks) => {
    const keys = new BigInt64Array(tokens.buffer, tokens.byteOffset, tokens.length);
    const key = (i: number) => keys[i] ?? 0n;
    const value = (i: number) => rowValue(slots[i] ?? 0, checkValue(blocks, i));
    let i = 0;
    for (; i + rowsPerInsert <= keys.length; i += rowsPerInsert) {
      for (let row = 0; row < rowsPerInsert; row++) {
        values[2 * row] = key(i + row);
        values[2 * row + 1] = value(i + row);
      }
      many.run(values);
    }
    for (; i < keys.length; i++) one.run(key(i), value(i));
  };
}
