/**
 * Opens the rows of journals, sealed or plain, and looks whether each follows the one before: what was cut out, changed or put in between
 * is seen. Whatever they say is believed by nobody yet.
 */

import { decodeRow } from '../../../device/journal/row-text.ts';
import { hashOfBody } from '../../../device/journal/sealed-rows.ts';
import { messageOf } from '../../../device/kit/errors.ts';
import { forgetOldest } from '../../../device/kit/forget-oldest.ts';
import { createRowOpener } from '../../../sync/uplink/sealed-row.ts';
import { tapColumns } from './tap-row.ts';
import type { JournalName } from './tap-store.ts';

/** A row as it lies in a journal. */
export interface RawRow {
  readonly seq: number;
  /** Whose key it is sealed for, 16 hex digits; null for a plain one. */
  readonly keyId: string | null;
  readonly body: Uint8Array;
}

export interface ReadRows {
  /** What should be `TapRow`s. */
  readonly rows: readonly object[];
  /** The numbers of those that cannot be opened. */
  readonly refused: readonly number[];
  readonly problems: readonly string[];
  /** How many do not follow the one before. */
  readonly broken: number;
}

export interface RowReader {
  hasKey(keyId: string): boolean;
  /** @param raw in the order of seq */
  read(journal: JournalName, raw: readonly RawRow[]): Promise<ReadRows>;
}

/** Of each journal the last row that has come. */
const mostJournals = 10_000;

/** @param opening the private half of a key of the back office's, X25519; undefined where there is none */
export function createRowReader(opening: (keyId: string) => Uint8Array | undefined): RowReader {
  const opener = createRowOpener();
  const lasts = new Map<string, { readonly seq: number; readonly hashes: readonly string[] }>();

  async function plainOf(journal: JournalName, { seq, keyId, body }: RawRow): Promise<Uint8Array> {
    if (keyId === null) return body;
    const key = opening(keyId);
    if (key === undefined) throw new Error(`sealed for key ${keyId}, which is not here`);
    try {
      return await opener.open(body, { ...journal, seq }, keyId, key);
    } catch {
      throw new Error('not sealed for us, or not there');
    }
  }

  /** A row may have been plain when the next one was written: either hash will do. */
  function follows(name: string, { seq, body }: RawRow, plain: Uint8Array, previous: unknown): boolean {
    const before = lasts.get(name);
    lasts.delete(name);
    lasts.set(name, { seq, hashes: [hashOfBody(body), hashOfBody(plain)] });
    forgetOldest(lasts, mostJournals);
    const isNext = before?.seq === seq - 1 && typeof previous === 'string';
    return !isNext || before.hashes.includes(previous);
  }

  return {
    hasKey: keyId => opening(keyId) !== undefined,
    async read(journal, raw) {
      const name = `${journal.device} ${journal.epoch}`;
      const rows: object[] = [];
      const refused: number[] = [];
      const problems: string[] = [];
      let broken = 0;
      for (const each of raw) {
        try {
          const plain = await plainOf(journal, each);
          const { previous, ...row } = decodeRow(plain);
          if (row.seq !== each.seq) throw new Error('it says that it is another');
          rows.push({ ...(row.event === 'purchase' ? nothingOfEnd : nothing), ...row });
          if (follows(name, each, plain, previous)) continue;
          broken++;
          problems.push(`row ${each.seq} does not follow the one before: one of them is another`);
        } catch (error) {
          refused.push(each.seq);
          problems.push(`row ${each.seq}: ${messageOf(error)}`);
        }
      }
      return { rows, refused, problems, broken };
    },
  };
}

/** Columns that are null do not travel. */
const nothing = Object.fromEntries(tapColumns.map(column => [column, null]));
/** The end of a purchase says nothing of its tap but whose it was. */
const nothingOfEnd = {
  ...nothing,
  ...{ reader: '', line: '', verdict: '', phase: '', fare_taken: 0, fare_fen: 0 },
};
