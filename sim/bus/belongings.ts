/** What a passenger of the list holds in hand: a card to insert or codes to show, and the account it is known by. */
import type { MediumKind } from '../../device/core/medium.ts';
import { readImage, readOut } from '../inspect/card.ts';
import type { Issuer } from '../media/authority.ts';
import type { CardImage } from '../media/card-image.ts';
import { bankImage, bmacImage, mifareImage, tUnionImage } from '../media/card-images.ts';
import { foreignCodes } from '../media/foreign-codes.ts';
import { createPhone } from '../media/phone.ts';
import { createVirtualCard, type VirtualCard } from '../media/virtual-card.ts';
import type { Passenger } from './passengers.ts';

export type Belonging =
  | { readonly has: 'card'; readonly card: VirtualCard }
  /** A new code each time; @param at Unix milliseconds */
  | { readonly has: 'phone'; code(at: number): Uint8Array };

/** What to say to whoever presents the other. */
export const presentingHint = {
  card: 'has a card: tap it',
  phone: 'has a phone: show or scan its code',
} satisfies Record<Belonging['has'], string>;

export function whatHas({ medium }: Passenger): Belonging['has'] {
  return medium === 'ride-code' ? 'phone' : 'card';
}

/** @param index tells the accounts of one list apart */
export function belongingOf(passenger: Passenger, index: number, issuer: Issuer): Belonging {
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
  /** A kind of medium of the bus group's, or whose it is. */
  readonly medium: string;
  readonly account: string;
}

/** What the bus group knows that the passenger owns; undefined for what no customer register holds, as a door card. */
export function ownedBy(passenger: Passenger, index: number): Owned | undefined {
  const { medium } = passenger;
  if (medium === 'mifare' || medium === 'bank') return undefined;
  if (medium === 'card-image') {
    const reading = readOut(readImage(passenger.file));
    return reading.read === 'card'
      ? { medium: reading.card.medium, account: reading.card.number }
      : undefined;
  }
  const account = accountOf(medium, index);
  return medium === 'ride-code' && passenger.foreign !== undefined
    ? { medium: passenger.foreign, account }
    : { medium, account };
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
      return readImage(passenger.file);
  }
}
