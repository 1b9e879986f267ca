/** What the journals of a bus say that cards have paid. */
import { toHex } from '../../device/core/bytes.ts';
import type { TapRow } from './intake/tap-row.ts';

/** What is looked at of a row. */
export type PaymentRow = Pick<
  TapRow,
  'seq' | 'event' | 'of_row' | 'token' | 'fare_fen' | 'card_sequence' | 'purchase'
>;

interface BegunRow {
  readonly token: string;
  readonly fareFen: number;
  readonly sequence: number;
  readonly outcome: string | null;
}

/**
 * A purchase whose end no journal has is known by the card's counter: it was paid where the card has counted on.
 * @param journals the rows of all validators of the bus
 * @returns fen in all, and how many purchases nobody can tell of
 */
export function paidInJournals(journals: readonly (readonly PaymentRow[])[]): {
  readonly paidFen: number;
  readonly unknown: number;
} {
  const rows = journals.flatMap(begunIn);
  const counters = new Map<string, Set<number>>();
  for (const { token, sequence } of rows)
    counters.set(token, (counters.get(token) ?? new Set()).add(sequence));
  let [paidFen, unknown] = [0, 0];
  for (const row of rows) {
    const outcome = row.outcome ?? outcomeByCounter(row, rows, counters);
    if (outcome === 'paid') paidFen += row.fareFen;
    else if (outcome === 'unknown') unknown++;
  }
  return { paidFen, unknown };
}

function outcomeByCounter(
  { token, sequence }: BegunRow,
  rows: readonly BegunRow[],
  counters: ReadonlyMap<string, ReadonlySet<number>>,
): string {
  const same = rows.filter(row => row.token === token && row.sequence === sequence);
  // Of several purchases at one counter one has been paid at most.
  if (same.some(({ outcome }) => outcome === 'paid')) return 'not-paid';
  const isCountedOn = counters.get(token)?.has(sequence + 1) === true;
  return isCountedOn && same.filter(({ outcome }) => outcome === null).length === 1 ? 'paid' : 'unknown';
}

function begunIn(rows: readonly PaymentRow[]): BegunRow[] {
  const ends = new Map(rows.filter(row => row.event === 'purchase').map(row => [row.of_row, row.purchase]));
  const begun = rows.filter(({ event, purchase }) => event === 'tap' && purchase === 'begun');
  return begun.map(({ seq, token, fare_fen, card_sequence }) => {
    const end = ends.get(seq) ?? null;
    const outcome = end === 'unknown' ? null : end;
    return {
      token: token === null ? '' : toHex(token),
      fareFen: fare_fen,
      sequence: card_sequence ?? 0,
      outcome,
    };
  });
}
