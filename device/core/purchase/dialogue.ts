/** A purchase as a coroutine that talks to two cards. */
import type { ApduResponse } from '../transit-card/apdu.ts';
import { type Broken, exchange } from '../transit-card/exchange.ts';
import { hexOf, ok } from '../transit-card/status.ts';
import type { Pending } from './outcome.ts';

export type PurchaseStep =
  | { readonly to: 'card' | 'psam'; readonly command: Uint8Array }
  /** To be kept over a power cut before the coroutine is resumed, with nothing. */
  | { readonly keep: Pending };

export type PurchaseDialogue<T> = Generator<PurchaseStep, T, Uint8Array>;

export function toCard(command: Uint8Array): PurchaseDialogue<ApduResponse | Broken> {
  return exchanged('card', command);
}

export function toPsam(command: Uint8Array): PurchaseDialogue<ApduResponse | Broken> {
  return exchanged('psam', command);
}

function* exchanged(to: 'card' | 'psam', command: Uint8Array): PurchaseDialogue<ApduResponse | Broken> {
  const pieces = exchange(command);
  let step = pieces.next();
  while (!step.done) step = pieces.next(yield { to, command: step.value });
  return step.value;
}

/** 9000 and enough data. A warning will not do where money is concerned. */
export function isWhole(answer: ApduResponse | Broken, length: number): answer is ApduResponse {
  return !('broken' in answer) && answer.status === ok && answer.data.length >= length;
}

/** @param what answered so */
export function wordsOf(what: string, answer: ApduResponse | Broken): string {
  return 'broken' in answer ? `${what}: ${answer.broken}` : `${what} answered ${hexOf(answer.status)}`;
}
