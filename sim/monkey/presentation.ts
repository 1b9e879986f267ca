/** One command that presents a medium: what is presented, where, and through which reader. */
import type { PresentedAs } from '../../device/core/medium.ts';
import type { Passenger } from '../bus/passengers.ts';
import type { PurseNow } from '../bus/purses.ts';
import type { PostName } from '../bus/validator-post.ts';
import type { PresentedMedium } from './oracle-rules.ts';

export interface Presentation {
  readonly post: PostName;
  readonly passenger: string;
  readonly reader: 'card' | 'scanner' | 'camera';
  readonly presented: PresentedAs;
  readonly medium: PresentedMedium;
  /** The ride that is open on a card that keeps it, null for none; undefined for what keeps no ride. */
  readonly ride?: PurseNow['ride'] | undefined;
  /** The PSAM is played so late that it may seem not to answer. */
  readonly isPsamLate?: boolean;
  /** A picture so bad that a decoder may fail to read it. */
  readonly isHardToRead: boolean;
  /** Name of a code of another system, which is always the same picture; undefined for a ride code, which is new each time. */
  readonly sample: string | undefined;
}

const readers = { tap: 'card', scan: 'scanner', show: 'camera' } as const;

function readerOf(name: string, passenger: Passenger): Presentation['reader'] | undefined {
  if (name === 'explain') return passenger.medium === 'ride-code' ? 'camera' : 'card';
  return name === 'tap' || name === 'scan' || name === 'show' ? readers[name] : undefined;
}

/** @param purse the card's, where it has one. @returns undefined for a command that presents nothing */
export function presentationOf(
  command: string,
  passengers: ReadonlyMap<string, Passenger>,
  purse?: Pick<PurseNow, 'balanceFen' | 'ride'>,
): Presentation | undefined {
  const [name = '', post, who = '', ...options] = command.split(' ');
  const listed = passengers.get(who);
  const passenger = listed && withBalance(listed, purse?.balanceFen);
  if (passenger === undefined || (post !== 'front' && post !== 'rear')) return undefined;
  const reader = readerOf(name, passenger);
  if (reader === undefined) return undefined;
  const isCard = reader === 'card';
  return {
    post,
    passenger: who,
    reader,
    presented: isCard ? 'card' : 'code',
    ...(passenger.medium === 't-union' && { ride: purse?.ride ?? null }),
    medium: isCard ? withFault(passenger, options[0]) : mediumOf(passenger),
    sample: passenger.medium === 'ride-code' ? passenger.foreign : undefined,
    isHardToRead: reader === 'camera' && options.length > 0,
  };
}

/** A purse moves; the list says what was on it in the beginning. */
function withBalance(passenger: Passenger, balanceFen: number | undefined): Passenger {
  return 'balanceFen' in passenger && balanceFen !== undefined ? { ...passenger, balanceFen } : passenger;
}

/** What is a storage card by its answer to reset is one however it answers. One that answers nonsense is no card of ours. */
function withFault(passenger: Passenger, fault: string | undefined): PresentedMedium {
  if (fault === undefined) return mediumOf(passenger);
  const failsAtReset = fault.endsWith('atr');
  if (passenger.medium === 'mifare' && !failsAtReset) return mediumOf(passenger);
  if (fault === 'leaves-before-debit' || fault === 'leaves-after-debit') {
    const medium = mediumOf(passenger);
    return medium.is === 'taken' ? { ...medium, isTorn: true } : medium;
  }
  if (fault === 'wrong-status-word') return { is: 'refused', reason: 'unsupported' };
  return fault.startsWith('leaves') ? { is: 'lost' } : { is: 'refused', reason: 'unreadable' };
}

/** A code lives for a minute, and the firmware takes none from more than 20 s ahead. */
const codeLifeS = 60;
const codeAheadS = 20;

function mediumOf(passenger: Passenger): PresentedMedium {
  switch (passenger.medium) {
    case 'mifare':
    case 'bank':
      return { is: 'refused', reason: 'unsupported' };
    case 'ride-code': {
      const { foreign, ageS } = passenger;
      if (foreign !== undefined) return { is: 'refused', reason: 'unsupported' };
      if (ageS > codeLifeS) return { is: 'refused', reason: 'expired' };
      if (ageS < -codeAheadS) return { is: 'refused', reason: 'not-yet-valid' };
      return { is: 'taken', discount: 'code' };
    }
    case 'card-image':
      throw new Error('the monkey carries no card images');
    default:
      return cardMedium(passenger);
  }
}

function cardMedium(card: Extract<Passenger, { medium: 't-union' | 'bmac' }>): PresentedMedium {
  if (card.medium === 't-union' && !card.enabled) return { is: 'refused', reason: 'not-enabled' };
  if (Date.parse(`${card.validTo}T23:59:59+08:00`) < Date.now()) return { is: 'refused', reason: 'expired' };
  if (card.blacklisted) return { is: 'refused', reason: 'blacklisted' };
  const discount = card.medium === 't-union' ? card.kind : 'ordinary';
  return { is: 'taken', discount, balanceFen: card.balanceFen };
}
