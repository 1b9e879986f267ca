/** A validator's journal in memory: rows in their order, and nothing of what was acknowledged. */
import type { JournalColumns } from '../../device/ports.ts';

export interface FleetJournal {
  readonly lastSeq: number;
  /** Taps that are not acknowledged. */
  readonly waiting: number;
  append(columns: JournalColumns, now: number): void;
  rowsAfter(seq: number, limit: number): readonly JournalColumns[];
  /** @returns when each of the rows up to this one was written, that was not acknowledged before */
  acknowledge(seq: number): readonly number[];
}

export const epoch = 1;

export function createFleetJournal(): FleetJournal {
  const rows: { readonly seq: number; readonly row: JournalColumns; readonly writtenAt: number }[] = [];
  let lastSeq = 0;
  const after = (seq: number) => {
    const first = rows.findIndex(row => row.seq > seq);
    return first === -1 ? rows.length : first;
  };
  return {
    get lastSeq() {
      return lastSeq;
    },
    get waiting() {
      return rows.length;
    },
    append(columns, now) {
      lastSeq++;
      rows.push({ seq: lastSeq, row: { seq: lastSeq, ...columns }, writtenAt: now });
    },
    rowsAfter(seq, limit) {
      const first = after(seq);
      return rows.slice(first, first + limit).map(({ row }) => row);
    },
    acknowledge(seq) {
      const done = rows.splice(0, after(seq));
      return done.map(({ writtenAt }) => writtenAt);
    },
  };
}
