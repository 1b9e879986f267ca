/** What is read off a transit card, before anything is judged. */
import type { CardKind } from '../medium.ts';

export interface CardData {
  readonly medium: 't-union' | 'bmac';
  /** The chip's number, digits: 19 on T-Union, 16 on BMAC. Personal. */
  readonly number: string;
  /** Four digits; 1000 is Beijing. */
  readonly city: string;
  readonly enabled: boolean;
  readonly blacklisted: boolean;
  /** YYYY-MM-DD, both days included */
  readonly validFrom: string;
  readonly validTo: string;
  readonly kind: CardKind;
  /** Less the overdraft used; may be negative. */
  readonly balanceFen: number;
}

export type CardReading =
  | { readonly read: 'card'; readonly card: CardData }
  /** A working card, but of no kind this bus takes. */
  | { readonly read: 'unsupported'; readonly why: string }
  /** A card of ours, or something in its place, whose answers make no sense. */
  | { readonly read: 'unreadable'; readonly why: string };

export function unreadable(why: string): CardReading {
  return { read: 'unreadable', why };
}
