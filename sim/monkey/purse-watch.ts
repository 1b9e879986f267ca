/** Holds the purses in the passengers' hands against what the validators say that they took. */
import type { Bus } from '../bus/bus.ts';
import type { Passenger } from '../bus/passengers.ts';
import { type PurseNow, purseOf } from '../bus/purses.ts';
import type { Disagreement } from './disagreement.ts';
import type { HeardTap } from './heard-tap.ts';

export interface PurseWatch {
  /** Undefined for what has no purse. */
  of(passenger: string): PurseNow | undefined;
  /**
   * @param beforeFen on the purse when the card was presented
   * @param tap what the validator said of it; undefined where it said nothing, because the power went
   */
  faultOf(passenger: string, beforeFen: number, tap: HeardTap | undefined): Disagreement | undefined;
  /** What all cards have paid since the beginning, in fen. */
  paidInAll(): number;
}

export function createPurseWatch(
  passengers: readonly Passenger[],
  { cardOf }: Pick<Bus, 'cardOf'>,
): PurseWatch {
  const cards = passengers.filter(({ medium }) => medium === 't-union' || medium === 'bmac');
  const isCard = new Set(cards.map(({ id }) => id));
  const of = (id: string) => (isCard.has(id) ? purseOf(cardOf(id)) : undefined);
  const balanceOf = (id: string) => of(id)?.balanceFen;
  const before = new Map(cards.map(({ id }) => [id, balanceOf(id) ?? 0]));

  return {
    of,
    faultOf(passenger, beforeFen, tap) {
      const takenFen = beforeFen - (balanceOf(passenger) ?? 0);
      const isKnown = tap?.event === 'tap';
      // What a torn tap has shown was taken then; what nobody told is seen when the journals are read.
      const toldFen = isKnown && !tap.isMended ? (tap.paidFen ?? 0) : 0;
      if (isKnown ? takenFen === toldFen : takenFen >= 0) return undefined;
      const got = `${takenFen} fen are off ${passenger}'s purse`;
      return { kind: 'purse', expected: `${toldFen} fen, as the validator says`, got };
    },
    paidInAll: () => [...before].reduce((sum, [id, fen]) => sum + fen - (balanceOf(id) ?? 0), 0),
  };
}
