/**
 * What became of a card's purchases. One that was torn has no end in its validator's journal, or an unknown one: then the card's
 * own counter tells, as the next validator has read it.
 */
import { journalOf, rowId } from '../intake/trips-file.ts';
import type { Tap } from './ride-entry.ts';

export type Outcome = 'paid' | 'not-paid' | 'unresolved';

/** A tap at which the card's counter was read. */
export type Sighting = Tap & { readonly cardSequence: number };

/** In the order of the card's counter, and where it stood still in the order of time. */
export function sightingsOf(taps: readonly Tap[]): Sighting[] {
  return taps
    .filter((tap): tap is Sighting => tap.ofRow === null && tap.cardSequence !== null)
    .sort((a, b) => a.cardSequence - b.cardSequence || a.at - b.at || a.id - b.id);
}

/** @param taps all rows of one card that are known. @returns by the id of the tap that began the purchase */
export function outcomesOf(taps: readonly Tap[]): ReadonlyMap<number, Outcome> {
  const told = toldOutcomes(taps);
  const sightings = sightingsOf(taps);
  const paidAt = new Set(
    sightings.filter(({ id }) => told.get(id) === 'paid').map(each => each.cardSequence),
  );
  const outcomes = new Map<number, Outcome>();
  sightings.forEach((tap, i) => {
    if (tap.purchase !== 'begun') return;
    const known = told.get(tap.id);
    outcomes.set(
      tap.id,
      known ?? (paidAt.has(tap.cardSequence) ? 'not-paid' : byCounter(tap, sightings[i + 1])),
    );
  });
  // Without a counter nothing else can tell.
  for (const tap of taps) {
    if (tap.purchase === 'begun' && !outcomes.has(tap.id))
      outcomes.set(tap.id, told.get(tap.id) ?? 'unresolved');
  }
  return outcomes;
}

/** The end that the validator itself has journaled, if it knew it. */
export function toldOutcomes(taps: readonly Tap[]): Map<number, 'paid' | 'not-paid'> {
  const told = new Map<number, 'paid' | 'not-paid'>();
  for (const { id, ofRow, purchase } of taps) {
    if (ofRow === null) continue;
    if (purchase === 'paid' || purchase === 'not-paid') told.set(rowId(journalOf(id), ofRow), purchase);
  }
  return told;
}

/** @param next where the counter was read next */
function byCounter(tap: Sighting, next: Sighting | undefined): Outcome {
  if (next === undefined) return 'unresolved';
  if (next.cardSequence === tap.cardSequence) return 'not-paid';
  // Several purchases since, of which this may have been one.
  if (next.cardSequence !== tap.cardSequence + 1) return 'unresolved';
  if (tap.balanceFen === null || next.balanceFen === null) return 'paid';
  // It was another purchase, elsewhere and dearer. A purse that holds more was loaded.
  return next.balanceFen < tap.balanceFen - tap.fareFen ? 'unresolved' : 'paid';
}
