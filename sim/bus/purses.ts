/** The purses of the passengers' cards, as their holders would read them at home: nothing of it touches the card in hand. */
import { WrongUsage } from '../../device/kit/errors.ts';
import { type CardTells, whatTells } from '../media/card-tells.ts';
import { createVirtualCard, type PassengerCard } from '../media/virtual-card.ts';

export interface PurseNow extends CardTells {
  /** Less what is overdrawn. */
  readonly balanceFen: number;
  /** Purchases so far. */
  readonly sequence: number;
}

/** @returns undefined for a card without a purse */
export function purseOf(card: PassengerCard): PurseNow | undefined {
  const image = card.image();
  const isOld = image.applications.every(({ purse, aid }) => purse === undefined || aid === '1001');
  const money = image.applications.find(({ purse }) => purse !== undefined)?.purse;
  if (money === undefined) return undefined;
  const { balance, overdraftUsed, sequence = 0 } = money;
  const tells = whatTells(createVirtualCard(image), isOld ? 'bmac' : 't-union');
  return { balanceFen: balance - overdraftUsed, sequence, ...tells };
}

export interface KnownPurses {
  of(passenger: string): Pick<PurseNow, 'balanceFen' | 'ride'> | undefined;
}

/** For who asks often: a card is read anew only when something has been paid or loaded. */
export function createKnownPurses(cardOf: (passenger: string) => PassengerCard | undefined): KnownPurses {
  const known = new Map<
    string,
    { readonly as: string; readonly purse: Pick<PurseNow, 'balanceFen' | 'ride'> }
  >();
  return {
    of(passenger) {
      const card = cardOf(passenger);
      const money = card?.money();
      if (card === undefined || money === undefined) return undefined;
      const as = JSON.stringify(money);
      const before = known.get(passenger);
      if (before?.as === as) return before.purse;
      const now = purseOf(card);
      if (now === undefined) return undefined;
      const purse = { balanceFen: now.balanceFen, ride: now.ride };
      known.set(passenger, { as, purse });
      return purse;
    },
  };
}

/** @throws WrongUsage for a card without a purse, and one that cannot hold so much */
export function topUp(card: PassengerCard, amountFen: number): PurseNow {
  if (!card.topUp(amountFen)) throw new WrongUsage('the card has no purse for so much');
  const purse = purseOf(card);
  if (purse === undefined) throw new WrongUsage('the card has no purse');
  return purse;
}
