/** A validator's journal in memory: rows in their order, sealed as on the bus, and nothing of what was acknowledged. */
import { toHex } from '../../device/core/bytes.ts';
import type { RowSealer, SealedRow } from '../../device/data-ports.ts';
import { encodeRow, type JournalColumns } from '../../device/journal/row-text.ts';

export interface FleetJournal {
  readonly lastSeq: number;
  /** Taps that are not acknowledged. */
  readonly waiting: number;
  append(columns: JournalColumns, now: number): void;
  rowsAfter(seq: number, limit: number): readonly SealedRow[];
  /** @returns when each of the rows up to this one was written, that was not acknowledged before */
  acknowledge(seq: number): readonly number[];
}

export const epoch = 1;

export function createFleetJournal(device: string, sealer: RowSealer): FleetJournal {
  const rows: { readonly seq: number; readonly row: SealedRow; readonly writtenAt: number }[] = [];
  const keyId = toHex(sealer.keyId);
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
      const seq = lastSeq + 1;
      const sealed = sealer.seal(encodeRow({ seq, ...columns }), { device, epoch, seq });
      lastSeq = seq;
      rows.push({ seq, row: { seq, keyId, sealed }, writtenAt: now });
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
