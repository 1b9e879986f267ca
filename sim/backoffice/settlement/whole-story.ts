/**
 * Adds to a medium's rows of one day those before and after it that the day's rides depend on: so every day is settled from the
 * same story, whichever day it is told for, and no ride is in two of them.
 */
import { journalOf, rowId } from '../intake/trips-file.ts';
import { toldOutcomes } from './purchases.ts';
import type { Tap } from './ride-entry.ts';
import type { TapReader } from './tap-reader.ts';

/**
 * Backwards to a pause that is longer than any ride: only there it is certain that none was open.
 * @param taps in the order of time, from `longestRideMs` before the day to as long after it
 */
export function wholeStoryOfCode(
  taps: readonly Tap[],
  longestRideMs: number,
  reader: TapReader,
): readonly Tap[] {
  const earlier: Tap[] = [];
  let [first] = taps;
  if (first === undefined) return taps;
  for (const tap of reader.before(first.token, first.at)) {
    if (first.at - tap.at > longestRideMs) break;
    earlier.push(tap);
    first = tap;
  }
  return earlier.length === 0 ? taps : [...earlier.reverse(), ...taps];
}

/** Backwards and onwards to a purchase that is known to be paid: what the card owes, and where its counter stands, is known there. */
export function wholeStoryOfCard(taps: readonly Tap[], reader: TapReader): readonly Tap[] {
  const [first, last] = [taps[0], taps.at(-1)];
  if (first === undefined || last === undefined) return taps;
  const earlier = untilPaid(reader.before(first.token, first.at)).reverse();
  const later = needsMore(taps) ? untilPaid(reader.after(last.token, last.at + 1)) : [];
  return earlier.length + later.length === 0 ? taps : [...earlier, ...taps, ...later];
}

function untilPaid(rows: Iterable<Tap>): Tap[] {
  const read: Tap[] = [];
  const [begun, paid] = [new Set<number>(), new Set<number>()];
  for (const tap of rows) {
    read.push(tap);
    if (tap.purchase === 'begun') begun.add(tap.id);
    if (tap.purchase === 'paid' && tap.ofRow !== null) paid.add(rowId(journalOf(tap.id), tap.ofRow));
    if ([...paid].some(id => begun.has(id))) break;
  }
  return read;
}

/** The last ride is open, or nobody knows yet what became of the last purchase. */
function needsMore(taps: readonly Tap[]): boolean {
  const last = taps.findLast(({ purchase }) => purchase === 'begun');
  if (last === undefined) return false;
  return last.step === 'on' || toldOutcomes(taps).get(last.id) !== 'paid';
}
