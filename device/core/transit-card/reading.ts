/** What is read off a transit card, before anything is judged. */
import type { CardKind } from '../medium.ts';

export interface CardData {
  readonly medium: 't-union' | 'bmac';
  /** The chip's number, digits: 19 on T-Union, 16 on BMAC. Personal. */
  readonly number: string;
  /** Four digits, 1000 is Beijing; `unknown` where the card has none. */
  readonly city: string;
  readonly enabled: boolean;
  readonly blacklisted: boolean;
  /** YYYY-MM-DD, both days included */
  readonly validFrom: string;
  readonly validTo: string;
  readonly kind: CardKind;
  /** Less the overdraft used; may be negative. */
  readonly balanceFen: number;
  /** What a purchase names the card by. */
  readonly purse: PurseIdentity;
}

/** By which a PSAM derives the keys of one card. Personal. */
export interface PurseIdentity {
  /** The last 8 bytes of the card's number. */
  readonly number: Uint8Array;
  /** 8 bytes */
  readonly issuer: Uint8Array;
}

export type CardReading =
  | { readonly read: 'card'; readonly card: CardData }
  /** A working card, but of no kind this bus takes, or one of ours with content that no other try would better. */
  | { readonly read: 'unsupported'; readonly why: string }
  /** A card that has said itself that it is locked. */
  | { readonly read: 'blacklisted'; readonly why: string }
  /** A bad contact, or a failure of the card that may be gone at the next try. */
  | { readonly read: 'unreadable'; readonly why: string };

export function unsupported(why: string): CardReading {
  return { read: 'unsupported', why };
}

export function locked(why: string): CardReading {
  return { read: 'blacklisted', why };
}

export function unreadable(why: string): CardReading {
  return { read: 'unreadable', why };
}
