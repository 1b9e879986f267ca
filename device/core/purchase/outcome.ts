/** How a purchase can end, and what its status words mean (PBOC's 93xx and 94xx; ISO/IEC 7816-4). */

import type { ApduResponse } from '../transit-card/apdu.ts';
import type { Broken } from '../transit-card/exchange.ts';
import { hexOf, isInvalidated, isLocked, isRefusal, ok } from '../transit-card/status.ts';
import type { PurchaseType } from './commands.ts';

/** Why a card cannot pay. */
export const purchaseRefusals = [
  'insufficient-balance',
  'purse-locked',
  /** The card has counted as many purchases as it can. */
  'counter-at-end',
  /** It has no key of this bus's: a card of another network. */
  'no-key',
  /** The card found the PSAM's MAC wrong, or the PSAM the card's: one of the two has other keys. */
  'bad-mac',
  /** The card works, and does not take part. */
  'not-payable',
  /** A failure that may be gone at the next try. */
  'unreadable',
  /** Not the card's fault: the PSAM is missing, blocked or without this key. */
  'psam',
] as const;
export type PurchaseRefusal = (typeof purchaseRefusals)[number];

/** A purchase that the card may have carried out or not. Amounts in fen; nobody's number is in it. */
export interface Pending {
  readonly type: PurchaseType;
  readonly amountFen: number;
  /** Of the card, before this purchase. */
  readonly balanceFen: number;
  readonly sequence: number;
  readonly terminalSequence: number;
}

export interface Paid extends Pending {
  /** 4 bytes, for the back office: only it can check them. */
  readonly tac: Uint8Array;
  /** The PSAM has found MAC2 right; false where it did not answer. */
  readonly checked: boolean;
}

export interface Refused {
  readonly end: 'refused';
  readonly reason: PurchaseRefusal;
  readonly why: string;
}

export type PurchaseEnd =
  | ({ readonly end: 'paid' } & Paid)
  | Refused
  /** The card says that it has paid, and the PSAM that this is no card of its keys. */
  | ({ readonly end: 'disproved' } & Omit<Paid, 'checked'>)
  | ({ readonly end: 'unsettled'; readonly why: string } & Pending);

export function refused(reason: PurchaseRefusal, why: string): Refused {
  return { end: 'refused', reason, why };
}

/** @param what the command that the card answered so */
export function refusedByCard(what: string, answer: ApduResponse | Broken): Refused {
  if ('broken' in answer) return refused('unreadable', `${what}: ${answer.broken}`);
  const { status, data } = answer;
  const why = status === ok ? `${what} is short: ${data.length} bytes` : `${what} answered ${hexOf(status)}`;
  return refused(reasonOf(status), why);
}

function reasonOf(status: number): PurchaseRefusal {
  if (status === 0x9401) return 'insufficient-balance';
  if (status === 0x9402) return 'counter-at-end';
  if (status === 0x9403) return 'no-key';
  if (status === 0x9302) return 'bad-mac';
  if (status === 0x9408 || isLocked(status) || isInvalidated(status)) return 'purse-locked';
  return isRefusal(status) ? 'not-payable' : 'unreadable';
}
