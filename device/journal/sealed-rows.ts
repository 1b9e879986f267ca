/**
 * The rows of the journal, sealed for the back office where its key is known: then the validator itself cannot read them again. Each
 * holds the hash of the one before, inside its seal: one that is cut out, changed or put elsewhere is seen by whoever opens them.
 */
import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { toHex } from '../core/bytes.ts';
import type { RowPlace, RowSealer, SealedRow } from '../data-ports.ts';
import { encodeRow, type JournalColumns } from './row-text.ts';

/** `key_id` is null where nobody's key was known: then `body` can be read by anybody. */
export const rowTable = `
  CREATE TABLE row (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    day INTEGER NOT NULL,
    is_tap INTEGER NOT NULL,
    key_id BLOB,
    body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX row_end ON row (seq) WHERE is_tap = 0;
  CREATE INDEX row_plain ON row (seq) WHERE key_id IS NULL;
`;

/** A row that is made and not yet written. */
export interface NewRow {
  readonly seq: number;
  readonly day: number;
  readonly isTap: boolean;
  readonly body: Uint8Array;
}

export interface SealedRows {
  /** The next one. @param columns all but its number */
  make(seq: number, columns: JournalColumns): NewRow;
  /** In a transaction. */
  insert(row: NewRow): void;
  /** It has been written: the next one follows it. */
  follow(row: NewRow): void;
  /** In the order of seq. What is plain of them is sealed first; none where there is no key. */
  after(seq: number, limit: number): SealedRow[];
  /** @returns undefined if there is no such row */
  dayOf(seq: number): number | undefined;
  /** Seals some of the plain rows, the oldest first. @returns how many */
  sealSome(limit: number): number;
}

const dayMs = 86_400_000;

/** Days since 1970-01-01, UTC. @param at Unix milliseconds */
export function dayOf(at: number): number {
  return Math.floor(at / dayMs);
}

/** Of the row before, as the next row holds it. */
export function hashOfBody(body: Uint8Array): string {
  return toHex(createHash('sha256').update(body).digest().subarray(0, 16));
}

export function openSealedRows(
  db: Database.Database,
  { device, epoch }: Omit<RowPlace, 'seq'>,
  sealer: RowSealer | undefined,
): SealedRows {
  const keyId = sealer?.keyId ?? null;
  const insert = db.prepare('INSERT INTO row (seq, day, is_tap, key_id, body) VALUES (?, ?, ?, ?, ?)');
  const last = db.prepare<[], Uint8Array>('SELECT body FROM row ORDER BY seq DESC LIMIT 1').pluck();
  const after = db.prepare<[number, number], { seq: number; keyId: Buffer; sealed: Uint8Array }>(
    'SELECT seq, key_id AS keyId, body AS sealed FROM row WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  const plain = db.prepare<[number, number], { seq: number; body: Uint8Array }>(
    'SELECT seq, body FROM row WHERE key_id IS NULL AND seq > ? ORDER BY seq LIMIT ?',
  );
  const day = db.prepare<[number], number>('SELECT day FROM row WHERE seq = ?').pluck();
  const replace = db.prepare('UPDATE row SET key_id = ?, body = ? WHERE seq = ?');
  let previous = hashOf(last.get());

  const sealPlain = db.transaction((seal: RowSealer, from: number, limit: number) => {
    const rows = plain.all(from, limit);
    for (const { seq, body } of rows) replace.run(keyId, seal.seal(body, { device, epoch, seq }), seq);
    return rows.length;
  });

  return {
    make(seq, columns) {
      const text = encodeRow({ seq, previous, ...columns });
      const body = sealer === undefined ? text : sealer.seal(text, { device, epoch, seq });
      return { seq, day: dayOf(Number(columns.at)), isTap: columns.event === 'tap', body };
    },
    insert: ({ seq, day, isTap, body }) => void insert.run(seq, day, Number(isTap), keyId, body),
    follow({ body }) {
      previous = hashOf(body);
    },
    after(seq, limit) {
      if (sealer === undefined) return [];
      sealPlain(sealer, seq, limit);
      return after.all(seq, limit).map(row => ({ ...row, keyId: toHex(row.keyId) }));
    },
    dayOf: seq => day.get(seq),
    sealSome: limit => (sealer === undefined ? 0 : sealPlain(sealer, 0, limit)),
  };
}

function hashOf(body: Uint8Array | undefined): string | null {
  return body === undefined ? null : hashOfBody(body);
}
