/** The rides of ride codes that have begun on this validator: a code, unlike a card, does not say itself whether its ride is open. */
import { toHex } from '../core/bytes.ts';
import type { TakenStep } from '../core/check.ts';
import type { RideTap } from '../core/fare/ride.ts';
import type { Journal } from '../journal/journal.ts';
import type { Clock } from '../kit/time.ts';

export interface CodeRides {
  /** @param tokens of one account, under each key */
  openOf(tokens: readonly string[]): RideTap | undefined;
  note(tokens: readonly string[], step: TakenStep['step'], tap: RideTap): void;
  /** For the journal's `onOpen`: they are known again after a restart. */
  restore(journal: Pick<Journal, 'codeRidesSince'>): void;
}

/** @param rideMaxS as the policy has it now: no ride is longer */
export function createCodeRides(rideMaxS: () => number, clock: Clock): CodeRides {
  const open = new Map<string, RideTap>();

  function isOver({ at }: RideTap): boolean {
    return Math.abs(clock() - at) > rideMaxS() * 1000;
  }

  function note(tokens: readonly string[], step: TakenStep['step'], tap: RideTap): void {
    for (const token of tokens) open.delete(token);
    const [token] = tokens;
    if (step === 'on' && token !== undefined) open.set(token, tap);
    // In the order of time: what is over stands at the beginning.
    for (const [other, begun] of open) {
      if (!isOver(begun)) break;
      open.delete(other);
    }
  }

  return {
    openOf: tokens => tokens.map(token => open.get(token)).find(ride => ride !== undefined && !isOver(ride)),
    note,
    restore(journal) {
      for (const { token, step, at, stop } of journal.codeRidesSince(clock() - rideMaxS() * 1000))
        note([toHex(token)], step, { at, stop: stop ?? undefined });
    },
  };
}
