/**
 * How long rows stay: what the back office has acknowledged, some days; what it has not, for ever. Where the journal comes near to its
 * most bytes, acknowledged rows go before their time; beyond it no more are taken.
 */
import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { dayOf } from './sealed-rows.ts';

export interface Keep {
  /** Acknowledged rows stay so long. */
  readonly days: number;
  /** Of the file and its log together. */
  readonly bytes: number;
}

export interface Retention {
  /** All rows up to it are with the back office. @param refused but for these, which it will not take: they stay */
  acknowledge(seq: number, refused: readonly number[]): void;
  /** Deletes a few of the rows whose time is over. @param now Unix milliseconds. @returns whether there were any */
  tidy(now: number): boolean;
  /** As it was at the last `measure`, of the most bytes. */
  readonly full: number;
  measure(): void;
}

/** From here on acknowledged rows go before their time. */
const hurriedFrom = 0.8;
/** So few that no tap waits for them. */
const rowsAtATime = 200;

export function createRetention(
  db: Database.Database,
  path: string,
  keep: Keep,
  lastSeq: () => number,
): Retention {
  const remove = db.prepare(
    `DELETE FROM row WHERE seq IN (
       SELECT seq FROM row WHERE seq <= ? AND day < ? AND seq NOT IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?
     )`,
  );
  let acknowledged = 0;
  let kept = '[]';
  let full = 0;
  return {
    acknowledge(seq, refused) {
      acknowledged = seq;
      kept = JSON.stringify(refused);
    },
    tidy(now) {
      // The last row stays: the next one holds its hash.
      const upTo = Math.min(acknowledged, lastSeq() - 1);
      const before = full >= hurriedFrom ? Number.MAX_SAFE_INTEGER : dayOf(now) - keep.days;
      return upTo > 0 && remove.run(upTo, before, kept, rowsAtATime).changes > 0;
    },
    get full() {
      return full;
    },
    measure() {
      full = bytesOf(db, path) / keep.bytes;
    },
  };
}

function bytesOf(db: Database.Database, path: string): number {
  const of = (name: string) => Number(db.pragma(name, { simple: true }));
  return (of('page_count') - of('freelist_count')) * of('page_size') + logBytes(path);
}

/** Of the log beside the journal. */
export function logBytes(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}
