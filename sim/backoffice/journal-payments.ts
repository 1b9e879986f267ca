/** What the journals of a bus say that cards have paid, read beside the firmware as the back office would. */
import Database from 'better-sqlite3';

interface BegunRow {
  readonly token: string;
  readonly fareFen: number;
  readonly sequence: number;
  readonly outcome: string | null;
}

/**
 * A purchase whose end no journal has is known by the card's counter: it was paid where the card has counted on.
 * @param journals of all validators of the bus
 * @returns fen in all, and how many purchases nobody can tell of
 */
export function paidInJournals(journals: readonly string[]): {
  readonly paidFen: number;
  readonly unknown: number;
} {
  const rows = journals.flatMap(readRows);
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

function readRows(file: string): BegunRow[] {
  const db = new Database(file, { readonly: true, timeout: 1000 });
  try {
    return db
      .prepare<[], BegunRow>(
        `SELECT hex(tap.token) AS token, tap.fare_fen AS fareFen, tap.card_sequence AS sequence,
           nullif(end.purchase, 'unknown') AS outcome
         FROM tap LEFT JOIN tap AS end ON end.event = 'purchase' AND end.of_row = tap.seq
         WHERE tap.event = 'tap' AND tap.purchase = 'begun'`,
      )
      .all();
  } finally {
    db.close();
  }
}
