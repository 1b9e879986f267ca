/** The monkey's own book of every tap a validator reported, held against the validator's journal. */
import type { Disagreement } from './disagreement.ts';

export interface LedgerEntry {
  readonly seq: number;
  readonly reader: string;
  readonly verdict: string;
  readonly why: string | undefined;
  readonly fareTaken: boolean;
  readonly fareFen: number;
}

export interface Ledger {
  /** @param mayMiss rows that may have been written without a line of the log, because the power went */
  enter(entry: LedgerEntry, mayMiss: number): Disagreement | undefined;
  /** @param text the console's answer to `journal` */
  compare(text: string, mayMiss: number): Disagreement | undefined;
  readonly count: number;
}

const row =
  /^(\d+) +\d{4}-\d\d-\d\d [\d:]+ [+\d:]+ +(\S+) +(\S+) +(\S+(?: \(\S+\))?) +(no fare|[\d.]+ yuan)$/;
const totals = /^(\d+) taps, last seq (\d+)$/;

export function createLedger(): Ledger {
  const entries = new Map<number, LedgerEntry>();
  let last = 0;

  function compareRow(text: string): Disagreement | undefined {
    const [, seq = '', reader, , verdict, fare] = row.exec(text) ?? [];
    const entry = entries.get(Number(seq));
    const got = `${reader} ${verdict} ${fare}`;
    if (entry === undefined || got === describe(entry)) return undefined;
    return { kind: 'journal', expected: `row ${seq}: ${describe(entry)}`, got };
  }

  return {
    enter(entry, mayMiss) {
      const gap = entry.seq - last - 1;
      entries.set(entry.seq, entry);
      const before = last;
      last = entry.seq;
      if (gap >= 0 && gap <= mayMiss) return undefined;
      return { kind: 'seq', expected: `seq ${before + 1} after ${before}`, got: `seq ${entry.seq}` };
    },
    compare(text, mayMiss) {
      const lines = text.split('\n').map(line => line.trim());
      const [, rows = '', lastSeq = ''] = totals.exec(lines.at(-1) ?? '') ?? [];
      const told = lines.filter(line => row.test(line));
      const seqs = told.map(line => Number.parseInt(line, 10));
      const isWhole = seqs.every((seq, i) => i === 0 || seq === Number(seqs[i - 1]) - 1);
      const isLast = Number(lastSeq) >= last && Number(lastSeq) <= last + mayMiss && rows === lastSeq;
      if (!isWhole || !isLast || told.length !== lines.length - 2) {
        const got = lines.slice(0, 4).concat(lines.slice(-1)).join(' | ');
        return { kind: 'journal', expected: `every row up to ${last}, without gaps`, got };
      }
      return told.map(compareRow).find(problem => problem !== undefined);
    },
    get count() {
      return entries.size;
    },
  };
}

function describe({ reader, verdict, why, fareTaken, fareFen }: LedgerEntry): string {
  const reason = why === undefined ? '' : ` (${why})`;
  return `${reader} ${verdict}${reason} ${fareTaken ? `${(fareFen / 100).toFixed(2)} yuan` : 'no fare'}`;
}
