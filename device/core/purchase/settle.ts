/** What became of a purchase that was torn, as its card says: at the next tap, its application selected, before it pays again. */
import { uintBe } from '../bytes.ts';
import { getProof, initializeForPurchase, type Terminal } from './commands.ts';
import { isWhole, type PurchaseDialogue, toCard, wordsOf } from './dialogue.ts';
import type { Pending } from './outcome.ts';

export type Settlement =
  | { readonly settled: 'paid'; readonly tac: Uint8Array }
  | { readonly settled: 'not-paid' }
  /** The card has paid elsewhere meanwhile, or does not say: the back office finds out by the card's counter. */
  | { readonly settled: 'unknown'; readonly why: string };

/**
 * The card is asked for the proof of that purchase (GET TRANSACTION PROVE). It has none where it never paid, and where it has paid
 * again since: its counter tells which. A purchase that is begun and not debited changes nothing on the card.
 * @param pending of this card
 */
export function* settle(
  { type, sequence }: Pick<Pending, 'type' | 'sequence'>,
  terminal: Terminal,
): PurchaseDialogue<Settlement> {
  const proof = yield* toCard(getProof(type, sequence + 1));
  if (isWhole(proof, 8)) return { settled: 'paid', tac: proof.data.slice(4, 8) };
  const opened = yield* toCard(initializeForPurchase(type, 0, terminal));
  if (!isWhole(opened, 15)) return { settled: 'unknown', why: wordsOf('INITIALIZE FOR PURCHASE', opened) };
  if (uintBe(opened.data, 4, 2) === sequence) return { settled: 'not-paid' };
  return { settled: 'unknown', why: wordsOf('GET TRANSACTION PROVE', proof) };
}
