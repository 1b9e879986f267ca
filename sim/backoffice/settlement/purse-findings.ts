/** Whether what the purse of a card held agrees, from tap to tap, with what the journals say it has paid. */
import { type Outcome, sightingsOf } from './purchases.ts';
import type { Tap } from './ride-entry.ts';

export interface PurseFinding {
  /** `difference`: the purse and the journals do not agree. `load`: it holds more than before, as after loading. */
  readonly what: 'difference' | 'load';
  readonly fen: number;
  /** When the later row says so; Unix milliseconds. */
  readonly at: number;
  readonly line: string;
  readonly rows: readonly [number, number];
}

/**
 * Where the counter went on by more than the one purchase, the card has paid elsewhere: that is no difference.
 * @param taps all rows of one card that are known. @param outcomes of its purchases
 */
export function purseFindings(taps: readonly Tap[], outcomes: ReadonlyMap<number, Outcome>): PurseFinding[] {
  const read = sightingsOf(taps).filter(({ balanceFen }) => balanceFen !== null);
  return read.slice(1).flatMap((after, i) => {
    const before = read[i];
    return before === undefined ? [] : findingOf(before, after, outcomes.get(before.id));
  });
}

function findingOf(before: Tap, after: Tap, outcome: Outcome | undefined): PurseFinding[] {
  const steps = (after.cardSequence ?? 0) - (before.cardSequence ?? 0);
  const [held, holds] = [before.balanceFen ?? 0, after.balanceFen ?? 0];
  const found = (what: PurseFinding['what'], fen: number): PurseFinding[] =>
    fen === 0 ? [] : [{ what, fen, at: after.at, line: after.line, rows: [before.id, after.id] }];
  // The purse has not counted what the journal says was paid.
  if (steps === 0 && outcome === 'paid') return found('difference', before.fareFen);
  if (steps === 1 && outcome === 'not-paid') {
    // Paid elsewhere, unless it is the very amount that the journal says was not paid.
    return held - holds === before.fareFen ? found('difference', before.fareFen) : [];
  }
  if (steps > 1 || (steps === 1 && outcome !== 'paid')) return [];
  const expected = held - (steps === 1 ? before.fareFen : 0);
  return holds < expected ? found('difference', expected - holds) : found('load', holds - expected);
}
