/** Commands of a purchase (PBOC; JT/T 978's compound purchase), to the card and to the PSAM. */
import { concatBytes, uintBytes } from '../bytes.ts';

/** A compound purchase (复合消费) writes the ride and takes the fare at once, or neither; a plain one takes the fare. */
export const purchaseTypes = { compound: 0x09, plain: 0x06 } as const;
export type PurchaseType = keyof typeof purchaseTypes;

/** P1 of INITIALIZE FOR PURCHASE. */
const begin = { compound: 0x03, plain: 0x01 } as const;

/** Under which key, and for which terminal; amounts in fen. */
export interface Terminal {
  readonly keyIndex: number;
  /** 6 bytes, the PSAM's own number */
  readonly number: Uint8Array;
}

export function initializeForPurchase(
  type: PurchaseType,
  amountFen: number,
  { keyIndex, number }: Terminal,
): Uint8Array {
  return command(0x50, begin[type], 0x02, [Uint8Array.of(keyIndex), uintBytes(amountFen, 4), number], 0x0f);
}

/** What the card holds until the debit. @param record 0 for the oldest of a cyclic file */
export function updateCache(sfi: number, record: number, bytes: Uint8Array): Uint8Array {
  return command(0xdc, record, sfi << 3, [bytes]);
}

/** @param time 7 bytes BCD, as the PSAM was told */
export function debitForPurchase(
  terminalSequence: Uint8Array,
  time: Uint8Array,
  mac1: Uint8Array,
): Uint8Array {
  return command(0x54, 0x01, 0x00, [terminalSequence, time, mac1], 0x08);
}

/** GET TRANSACTION PROVE. @param sequence the card's after the purchase asked about */
export function getProof(type: PurchaseType, sequence: number): Uint8Array {
  return command(0x5a, 0x00, purchaseTypes[type], [uintBytes(sequence, 2)], 0x08);
}

/** To the PSAM: INIT_SAM_FOR_PURCHASE. */
export function initSam(parts: readonly Uint8Array[]): Uint8Array {
  return command(0x70, 0x00, 0x00, parts, 0x08);
}

/** To the PSAM: CREDIT_SAM_FOR_PURCHASE. */
export function creditSam(mac2: Uint8Array): Uint8Array {
  return command(0x72, 0x00, 0x00, [mac2]);
}

function command(ins: number, p1: number, p2: number, data: readonly Uint8Array[], le?: number): Uint8Array {
  const body = concatBytes(...data);
  const end = le === undefined ? new Uint8Array() : Uint8Array.of(le);
  return concatBytes(Uint8Array.of(0x80, ins, p1, p2, body.length), body, end);
}
