/** What became of a purchase that was torn, as its card says: at the next tap, its application selected, before it pays again. */
import { equalBytes, uintBe } from '../bytes.ts';
import { readRecord } from '../transit-card/apdu.ts';
import { purchaseLog } from '../transit-card/log.ts';
import { getProof, initializeForPurchase, type Terminal } from './commands.ts';
import { isWhole, type PurchaseDialogue, toCard, wordsOf } from './dialogue.ts';
import type { Pending } from './outcome.ts';

export type Settlement =
  | { readonly settled: 'paid'; readonly tac: Uint8Array | undefined }
  | { readonly settled: 'not-paid' }
  /**
   * The card does not say: the back office finds out by the card's counter. `hasPaidOnce` is that it has paid once since, here or
   * elsewhere.
   */
  | { readonly settled: 'unknown'; readonly hasPaidOnce: boolean; readonly why: string };

/**
 * The card's log says which terminal's purchase has this number: a card that has not paid here and then elsewhere gives a proof
 * (GET TRANSACTION PROVE) of that other one. Where the log does not reach so far, the card's counter says at least that nothing was
 * paid. A purchase that is begun and not debited changes nothing on the card.
 * @param pending of this card. @param payee the terminal that it was begun at, 6 bytes: the PSAM may be another by now
 */
export function* settle(
  { type, sequence }: Pick<Pending, 'type' | 'sequence'>,
  payee: Uint8Array,
  terminal: Terminal,
): PurchaseDialogue<Settlement> {
  const number = sequence + 1;
  const proof = yield* toCard(getProof(type, number));
  const paidAt = yield* payeeOf(number);
  if (paidAt !== undefined) {
    if (!equalBytes(paidAt, payee)) return { settled: 'not-paid' };
    return { settled: 'paid', tac: isWhole(proof, 8) ? proof.data.slice(4, 8) : undefined };
  }
  const opened = yield* toCard(initializeForPurchase(type, 0, terminal));
  if (!isWhole(opened, 15))
    return { settled: 'unknown', hasPaidOnce: false, why: wordsOf('INITIALIZE FOR PURCHASE', opened) };
  const counter = uintBe(opened.data, 4, 2);
  if (counter === sequence) return { settled: 'not-paid' };
  return { settled: 'unknown', hasPaidOnce: counter === number, why: 'the log does not have it' };
}

/** @returns the terminal that the card's purchase of this number was made at, 6 bytes; undefined where its log does not say */
function* payeeOf(number: number): PurchaseDialogue<Uint8Array | undefined> {
  for (let record = 1; record <= purchaseLog.records; record++) {
    const answer = yield* toCard(readRecord(purchaseLog.file, record, purchaseLog.length));
    if (!isWhole(answer, purchaseLog.length)) return undefined;
    const purchase = purchaseLog.purchaseIn(answer.data);
    if (purchase === undefined) continue;
    if (purchase.sequence === number) return purchase.terminal;
    // The newest stands first.
    if (purchase.sequence < number) return undefined;
  }
  return undefined;
}
