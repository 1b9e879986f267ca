/** The monkey's own book of every row a validator told of, held against the validator's journal. */
import type { Disagreement } from './disagreement.ts';

export interface LedgerEntry {
  readonly seq: number;
  readonly reader: string;
  readonly verdict: string;
  readonly why: string | undefined;
  readonly fareTaken: boolean;
  readonly fareFen: number;
  /** Getting on or off; undefined for a ride that is paid at boarding. */
  readonly step: string | undefined;
  /** A card has paid: the end of its purchase is the next row. */
  readonly isPaid: boolean;
}

export interface Ledger {
  /** @param mayMiss rows that may have been written without a line of the log, because the power went */
  enter(entry: LedgerEntry, mayMiss: number): Disagreement | undefined;
  /** The card left after the debit was sent: nothing else tells of this tap's row, unless the card comes again. */
  enterTorn(row: number, mayMiss: number): Disagreement | undefined;
  isTorn(row: number): boolean;
  /** What became of such a purchase is a row, whose number nobody tells. */
  enterSettled(): void;
  /** @param text the console's answer to `journal` */
  compare(text: string, mayMiss: number): Disagreement | undefined;
  readonly count: number;
}

const row =
  /^(\d+) +\d{4}-\d\d-\d\d [\d:]+ [+\d:]+ +(\S+) +(\S+) +([^\s,]+(?: \(\S+\))?(?:, (?:on|off))?) +(no fare|[\d.]+ yuan(?:, [a-z -]+)?)$/;
/** As many as the console shows. */
const mostShown = 200;
/** After a start the validator knows what has been tapped since. */
const sealed = /^earlier ones are sealed/;
const totals = /^(\d+) taps, last seq (\d+)(?:, \d+ purchases not settled)?$/;

/** What stands in a row: a tap that was told, one that was torn, the end of a purchase, or what a power cut hides. */
type RowKind = 'tap' | 'torn' | 'purchase' | 'hidden';

export function createLedger(): Ledger {
  const entries = new Map<number, LedgerEntry>();
  const rows = new Map<number, RowKind>();
  let last = 0;
  let settled = 0;

  /** @returns what is wrong with its being the next row */
  function next(seq: number, kind: RowKind, mayMiss: number): Disagreement | undefined {
    const hidden = seq - last - 1 - settled;
    const before = last + settled;
    if (hidden < 0 || hidden > mayMiss) {
      return { kind: 'seq', expected: `seq ${before + 1} after ${before}`, got: `seq ${seq}` };
    }
    for (let between = last + 1; between < seq; between++)
      rows.set(between, hidden === 0 ? 'purchase' : 'hidden');
    rows.set(seq, kind);
    [last, settled] = [seq, 0];
    return undefined;
  }

  function compareRow(text: string): Disagreement | undefined {
    const [, seq = '', reader, , verdict, fare] = row.exec(text) ?? [];
    const entry = entries.get(Number(seq));
    const got = `${reader} ${verdict} ${fare}`;
    if (entry === undefined || got === describe(entry)) return undefined;
    return { kind: 'journal', expected: `row ${seq}: ${describe(entry)}`, got };
  }

  /** Every tap is told, and nothing else. @param seqs newest first */
  function isWhole(seqs: readonly number[], isCut: boolean): boolean {
    const shown = new Set(seqs);
    const oldest = isCut ? (seqs.at(-1) ?? last + 1) : 1;
    for (let seq = oldest; seq <= last; seq++) {
      const kind = rows.get(seq) ?? 'hidden';
      if (kind !== 'hidden' && shown.has(seq) !== (kind !== 'purchase')) return false;
    }
    return seqs.every((seq, i) => i === 0 || seq < Number(seqs[i - 1]));
  }

  function isCount(taps: number, mayMiss: number): boolean {
    const kinds = [...rows.values()];
    const told = kinds.filter(kind => kind === 'tap' || kind === 'torn').length;
    const hidden = kinds.filter(kind => kind === 'hidden').length + mayMiss;
    return taps >= told && taps <= told + hidden;
  }

  return {
    enter(entry, mayMiss) {
      // It had been torn, and the card's next tap has shown that it is paid.
      const isMended = rows.get(entry.seq) === 'torn';
      const wrong = isMended ? undefined : next(entry.seq, 'tap', mayMiss);
      rows.set(entry.seq, 'tap');
      entries.set(entry.seq, entry);
      if (entry.isPaid && !isMended) {
        last = entry.seq + 1;
        rows.set(last, 'purchase');
      }
      return wrong;
    },
    enterTorn: (seq, mayMiss) => next(seq, 'torn', mayMiss),
    isTorn: seq => rows.get(seq) === 'torn',
    enterSettled() {
      settled++;
    },
    compare(text, mayMiss) {
      const all = text.split('\n').map(line => line.trim());
      const lines = all.filter(line => !sealed.test(line));
      const [, count = '', lastSeq = ''] = totals.exec(lines.at(-1) ?? '') ?? [];
      const told = lines.filter(line => row.test(line));
      const seqs = told.map(line => Number.parseInt(line, 10));
      const newest = last + settled;
      const isLast = Number(lastSeq) >= newest && Number(lastSeq) <= newest + mayMiss;
      const isCut = seqs.length >= mostShown || lines.length < all.length;
      if (
        !isWhole(seqs, isCut) ||
        !isLast ||
        !isCount(Number(count), mayMiss) ||
        told.length !== lines.length - 2
      ) {
        const odd = lines.slice(1, -1).filter(line => !row.test(line));
        const got = [...odd, ...lines.slice(0, 4), ...lines.slice(-1)].join(' | ');
        return { kind: 'journal', expected: `every tap up to row ${newest}, and no other`, got };
      }
      return told.map(compareRow).find(problem => problem !== undefined);
    },
    get count() {
      return entries.size;
    },
  };
}

function describe({ reader, verdict, why, step, fareTaken, fareFen, isPaid }: LedgerEntry): string {
  const reason = `${why === undefined ? '' : ` (${why})`}${step === undefined ? '' : `, ${step}`}`;
  return `${reader} ${verdict}${reason} ${fareTaken ? `${(fareFen / 100).toFixed(2)} yuan${isPaid ? ', paid' : ''}` : 'no fare'}`;
}
