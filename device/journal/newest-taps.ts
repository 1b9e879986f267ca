/**
 * The newest taps, for the console. Where rows are sealed these are the last ones since the start, which are still in memory; where they
 * are plain, those of the journal.
 */
import type Database from 'better-sqlite3';
import { forgetOldest } from '../kit/forget-oldest.ts';
import { decodeRow, type JournalColumns } from './row-text.ts';

export interface JournalRow {
  readonly seq: number;
  readonly at: number;
  readonly reader: string;
  readonly kind: string | null;
  readonly verdict: string;
  readonly reason: string | null;
  readonly fareTaken: number;
  readonly fareFen: number;
  readonly checkedRow: number | null;
  readonly checkedBy: string | null;
  /** Whether it has got on or off; `single` where the ride was paid at boarding; null where none was taken. */
  readonly step: string | null;
  /** How its purchase has ended; `begun` where nobody knows yet; null where there was none. */
  readonly purchase: string | null;
}

export interface NewestTaps {
  /** A row has been written. */
  note(seq: number, columns: JournalColumns): void;
  /** Newest first. */
  list(limit: number): JournalRow[];
}

const mostRemembered = 200;

/** Without what says whose they are, which no memory needs to hold. */
export function rememberTaps(): NewestTaps {
  const taps = new Map<number, JournalRow>();
  return {
    note(seq, columns) {
      if (columns.event === 'tap') taps.set(seq, rowOf(seq, columns));
      else {
        const ofRow = Number(columns.of_row);
        const tap = taps.get(ofRow);
        if (tap !== undefined) taps.set(ofRow, { ...tap, purchase: String(columns.purchase) });
      }
      forgetOldest(taps, mostRemembered);
    },
    list: limit => [...taps.values()].slice(-limit).reverse(),
  };
}

export function readTaps(db: Database.Database): NewestTaps {
  const rows = db.prepare<[], { seq: number; body: Uint8Array }>(
    'SELECT seq, body FROM row WHERE key_id IS NULL ORDER BY seq DESC',
  );
  return {
    note() {},
    list(limit) {
      const taps: JournalRow[] = [];
      const ends = new Map<unknown, unknown>();
      for (const { seq, body } of rows.iterate()) {
        const columns = decodeRow(body);
        if (columns.event !== 'tap') ends.set(columns.of_row, columns.purchase);
        else taps.push(rowOf(seq, { ...columns, purchase: ends.get(seq) ?? columns.purchase }));
        if (taps.length === limit) break;
      }
      return taps;
    },
  };
}

function rowOf(seq: number, row: Readonly<Record<string, unknown>>): JournalRow {
  const text = (name: string) => (row[name] == null ? null : String(row[name]));
  const number = (name: string) => (row[name] == null ? null : Number(row[name]));
  return {
    seq,
    at: number('at') ?? 0,
    reader: text('reader') ?? '',
    kind: text('kind'),
    verdict: text('verdict') ?? '',
    reason: text('reason'),
    fareTaken: number('fare_taken') ?? 0,
    fareFen: number('fare_fen') ?? 0,
    checkedRow: number('checked_row'),
    checkedBy: text('checked_by'),
    step: text('step'),
    purchase: text('purchase'),
  };
}
