/**
 * The chain of changed tokens in a generation. Each row says which changed token comes next, under a seal: a token that lies
 * between two of them is known not to have changed, and a row that a failing disk has lost leaves a gap.
 */
import type Database from 'better-sqlite3';
import { FeedError } from '../feed/feed-error.ts';
import { chainEnd, chainStart, noChange } from './schema.ts';
import type { Seals } from './seal.ts';

export interface ChainLink {
  readonly key: bigint;
  readonly next: bigint;
  readonly seal: number;
}

/** Whether this is a row as it was written, and the last one up to `key`. */
export function isLink(seals: Seals, row: ChainLink, key: bigint): boolean {
  const covers = row.key <= key && (key < row.next || row.next === chainEnd);
  return covers && seals.ofChange(row.key, row.next) === row.seal;
}

/** The first row, which changes nothing; without it nobody can be found. */
export function startChain(db: Database.Database, seals: Seals): void {
  const seal = seals.ofChange(chainStart, chainEnd);
  db.prepare('INSERT INTO change (rowid, value, next, seal) VALUES (?, ?, ?, ?)').run(
    chainStart,
    noChange,
    chainEnd,
    seal,
  );
}

/**
 * @returns writes a row's value, in a transaction of the caller's
 * @throws FeedError (from what is returned) when the chain is damaged there
 */
export function putInChain(db: Database.Database, seals: Seals): (key: bigint, value: number) => void {
  const last = db
    .prepare<[bigint], { key: bigint; next: bigint; seal: bigint }>(
      'SELECT rowid AS key, next, seal FROM change WHERE rowid <= ? ORDER BY rowid DESC LIMIT 1',
    )
    .safeIntegers();
  const setValue = db.prepare<[number, bigint]>('UPDATE change SET value = ? WHERE rowid = ?');
  const setNext = db.prepare<[bigint, number, bigint]>(
    'UPDATE change SET next = ?, seal = ? WHERE rowid = ?',
  );
  const insert = db.prepare<[bigint, number, bigint, number]>(
    'INSERT INTO change (rowid, value, next, seal) VALUES (?, ?, ?, ?)',
  );
  return (key, value) => {
    const before = last.get(key);
    if (before === undefined || !isLink(seals, { ...before, seal: Number(before.seal) }, key)) {
      throw new FeedError('the changes are damaged');
    }
    if (before.key === key) {
      setValue.run(value, key);
      return;
    }
    insert.run(key, value, before.next, seals.ofChange(key, before.next));
    setNext.run(key, seals.ofChange(before.key, key), before.key);
  };
}
