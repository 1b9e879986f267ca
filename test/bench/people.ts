/** The bench's passengers, all linked and green: each a T-Union card and a phone of the same serial number. */
import type { Issuer } from '../../sim/media/authority.ts';
import { tUnionImage } from '../../sim/media/card-images.ts';
import { createPhone } from '../../sim/media/phone.ts';
import { createVirtualCard, type VirtualCard } from '../../sim/media/virtual-card.ts';
import type { Link } from '../../sync/publisher/table/people.ts';

/** The longest a code may live, so that one can be shown again while the bench runs. */
const validityS = 1200;

export function linksOf(people: number): Link[] {
  return Array.from({ length: people }, (_, serial) => [
    {
      medium: 't-union' as const,
      account: cardNumber(serial),
      person: `${serial}`,
      status: 'green' as const,
    },
    {
      medium: 'ride-code' as const,
      account: codeAccount(serial),
      person: `${serial}`,
      status: 'green' as const,
    },
  ]).flat();
}

export function cardOf(serial: number): VirtualCard {
  return createVirtualCard(tUnionImage({ number: cardNumber(serial) }));
}

/** A fresh code of a phone of its own. */
export function codeOf(serial: number, issuer: Issuer): Uint8Array {
  return createPhone({ issuer, account: codeAccount(serial), validityS }).showCode({ at: Date.now() });
}

export function cardNumber(serial: number): string {
  return `310510${String(serial).padStart(13, '0')}`;
}

function codeAccount(serial: number): string {
  return `3105${String(serial).padStart(16, '0')}`;
}
