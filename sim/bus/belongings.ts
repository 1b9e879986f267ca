/** What each passenger carries: a card to insert or a phone with codes, and the account it is known by. */
import type { MediumKind } from '../../device/core/medium.ts';
import { WrongUsage } from '../../device/kit/errors.ts';
import type { Issuer } from '../media/authority.ts';
import { type CardImage, readCardImage } from '../media/card-image.ts';
import { bankImage, bmacImage, mifareImage, tUnionImage } from '../media/card-images.ts';
import { foreignCodes } from '../media/foreign-codes.ts';
import { createPhone } from '../media/phone.ts';
import { createVirtualCard, type PassengerCard, readAsFirmware } from '../media/virtual-card.ts';
import { noPassenger, type Passenger } from './passengers.ts';

export type Holding = 'card' | 'phone';

type Belonging =
  | { readonly has: 'card'; readonly card: PassengerCard }
  /** A new code each time; @param at Unix milliseconds */
  | { readonly has: 'phone'; code(at: number): Uint8Array };

/** The advice for a tester who presents the wrong one. */
export const presentingHint = {
  card: 'has a card: tap it',
  phone: 'has a phone: show or scan its code',
} satisfies Record<Holding, string>;

export function whatHas({ medium }: Passenger): Holding {
  return medium === 'ride-code' ? 'phone' : 'card';
}

/** What each passenger has, by id. Each throws WrongUsage for an unknown passenger. */
export interface Belongings {
  has(passenger: string): Holding;
  /** @throws WrongUsage for a passenger with a phone */
  cardOf(passenger: string): PassengerCard;
  /** A code made now. @throws WrongUsage for a passenger with a card */
  codeOf(passenger: string): Uint8Array;
}

/** @param now the phones' clock, in Unix milliseconds */
export function createBelongings(
  passengers: readonly Passenger[],
  issuer: Issuer,
  now: () => number,
): Belongings {
  const belongings = new Map(
    passengers.map((passenger, index) => [passenger.id, belongingOf(passenger, index, issuer)]),
  );

  function find(id: string): Belonging {
    const belonging = belongings.get(id);
    if (belonging === undefined) throw noPassenger(id, passengers);
    return belonging;
  }

  return {
    has: id => find(id).has,
    cardOf(id) {
      const belonging = find(id);
      if (belonging.has !== 'card') throw new WrongUsage(`${id} ${presentingHint.phone}`);
      return belonging.card;
    },
    codeOf(id) {
      const belonging = find(id);
      if (belonging.has !== 'phone') throw new WrongUsage(`${id} ${presentingHint.card}`);
      return belonging.code(now());
    },
  };
}

/** @param index makes the accounts of one list differ */
function belongingOf(passenger: Passenger, index: number, issuer: Issuer): Belonging {
  if (passenger.medium !== 'ride-code') {
    return { has: 'card', card: createVirtualCard(cardImageOf(passenger, index)) };
  }
  const { foreign, ageS } = passenger;
  if (foreign !== undefined) return { has: 'phone', code: () => foreignCodes[foreign] };
  const phone = createPhone({ issuer, account: accountOf('ride-code', index) });
  return { has: 'phone', code: at => phone.showCode({ at: at - ageS * 1000 }) };
}

/** A row of the bus group's customer register. */
export interface Owned {
  /** One of the bus group's kinds of medium, or the name of a foreign one. */
  readonly medium: string;
  readonly account: string;
}

/** The passenger's row in the customer register; undefined for a card that no such register holds, such as a door card. */
export function ownedBy(passenger: Passenger, index: number): Owned | undefined {
  const { medium } = passenger;
  if (medium === 'mifare' || medium === 'bank') return undefined;
  if (medium === 'card-image') {
    const reading = readAsFirmware(imageOf(passenger));
    return reading.read === 'card'
      ? { medium: reading.card.medium, account: reading.card.number }
      : undefined;
  }
  const account = accountOf(medium, index);
  return medium === 'ride-code' && passenger.foreign !== undefined
    ? { medium: passenger.foreign, account }
    : { medium, account };
}

/** @throws WrongUsage for a file that is no card image */
export function imageOf({ file, image }: Extract<Passenger, { medium: 'card-image' }>): CardImage {
  return image ?? readCardImage(file ?? '');
}

function accountOf(medium: MediumKind, index: number): string {
  const serial = String(index + 1);
  if (medium === 't-union') return `31051${serial.padStart(14, '0')}`;
  return medium === 'bmac' ? `1000${serial.padStart(12, '0')}` : serial.padStart(20, '0');
}

function cardImageOf(passenger: Exclude<Passenger, { medium: 'ride-code' }>, index: number): CardImage {
  switch (passenger.medium) {
    case 't-union':
      return tUnionImage({ ...passenger, number: accountOf('t-union', index), validFrom: '2020-01-01' });
    case 'bmac':
      return bmacImage({ ...passenger, number: accountOf('bmac', index), validFrom: '2020-01-01' });
    case 'mifare':
      return mifareImage();
    case 'bank':
      return bankImage();
    case 'card-image':
      return imageOf(passenger);
  }
}
