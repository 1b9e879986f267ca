/**
 * Whether a journal is what it should be, as far as the validator can tell: SQLite's own pages, the numbers without gaps, and the chain.
 *
 * Each row holds the hash of the one before. Sealed rows hold it inside the seal, where only the back office reads it; of those only
 * the form is checked here.
 */
import type Database from 'better-sqlite3';
import { decodeRow } from './row-text.ts';
import { hashOfBody } from './sealed-rows.ts';

export interface RowsChecked {
  readonly rows: number;
  readonly first: number | null;
  readonly last: number | null;
  /** Of these the back office checks the chain. */
  readonly sealed: number;
  /** Numbers between the first and the last that have no row; the first few. */
  readonly missing: readonly Missing[];
  /** What else is wrong, the first few. */
  readonly problems: readonly string[];
}

export interface Missing {
  readonly first: number;
  readonly last: number;
}

interface StoredRow {
  readonly seq: number;
  readonly keyId: Uint8Array | null;
  readonly body: Uint8Array;
}

const rowsAtATime = 200;
const mostProblems = 10;
const keyIdBytes = 8;
/** HPKE's encapsulated key (X25519), the row's place in the chain of keys, and the tag. */
const sealBytes = 32 + 2 + 16;

/**
 * A step for SQLite's pages and one for every few rows, each a read of its own: rows may be written and deleted in between.
 *
 * @throws SQLite's error, from a step
 */
export function* checkRows(db: Database.Database): Generator<void, RowsChecked> {
  const page = db.prepare<[number, number], StoredRow>(
    'SELECT seq, key_id AS keyId, body FROM row WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  const problems: string[] = [];
  const missing: Missing[] = [];
  const damage = db.pragma('quick_check(1)', { simple: true });
  if (damage !== 'ok') problems.push(`the file: ${String(damage)}`);
  yield;
  let before: StoredRow | undefined;
  let first: number | null = null;
  let rows = 0;
  let sealed = 0;
  for (;;) {
    const some = page.all(before?.seq ?? 0, rowsAtATime);
    for (const row of some) {
      first ??= row.seq;
      if (row.keyId !== null) sealed++;
      const gap = gapBetween(before, row);
      if (gap !== undefined && missing.length < mostProblems) missing.push(gap);
      const problem = problemOf(row, before);
      if (problem !== undefined && problems.length < mostProblems) problems.push(problem);
      before = row;
    }
    rows += some.length;
    if (some.length < rowsAtATime)
      return { rows, first, last: before?.seq ?? null, sealed, missing, problems };
    yield;
  }
}

function gapBetween(before: StoredRow | undefined, { seq }: StoredRow): Missing | undefined {
  if (before === undefined || seq === before.seq + 1) return undefined;
  return { first: before.seq + 1, last: seq - 1 };
}

function problemOf(row: StoredRow, before: StoredRow | undefined): string | undefined {
  const { seq, keyId, body } = row;
  if (keyId !== null) {
    const isForm = keyId.length === keyIdBytes && body.length > sealBytes;
    return isForm ? undefined : `row ${seq} is not sealed as it should be`;
  }
  // What was plain and has been sealed since is other bytes than those whose hash was taken.
  const isNext = before?.keyId === null && seq === before.seq + 1;
  const previous = isNext ? hashOfBody(before.body) : undefined;
  return problemOfPlain(row, previous);
}

function problemOfPlain({ seq, body }: StoredRow, previous: string | undefined): string | undefined {
  try {
    const row = decodeRow(body);
    if (row.seq !== seq) return `row ${seq} says that it is row ${String(row.seq)}`;
    if (previous !== undefined && row.previous !== previous)
      return `row ${seq} does not follow the one before`;
    return undefined;
  } catch {
    return `row ${seq} cannot be read`;
  }
}
