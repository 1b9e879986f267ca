/** Whether a card has just paid the same at another terminal: a tap that was torn there, or two taps of one passenger. */
import { equalBytes } from '../bytes.ts';
import { readRecord } from '../transit-card/apdu.ts';
import { purchaseLog } from '../transit-card/log.ts';
import type { Terminal } from './commands.ts';
import { isWhole, type PurchaseDialogue, toCard } from './dialogue.ts';

/**
 * A plain purchase writes no ride. So the newest record of the card's log tells, by terminal, amount and time; a card without a log
 * has not said so.
 * @param at Unix milliseconds. @param windowS the policy's, within which the same card again is the same ride
 */
export function* hasPaidElsewhere(
  amountFen: number,
  at: number,
  windowS: number,
  terminal: Terminal,
): PurchaseDialogue<boolean> {
  const answer = yield* toCard(readRecord(purchaseLog.file, 1, purchaseLog.length));
  if (!isWhole(answer, purchaseLog.length)) return false;
  const newest = purchaseLog.purchaseIn(answer.data);
  if (newest?.at === undefined || equalBytes(newest.terminal, terminal.number)) return false;
  return newest.amountFen === amountFen && Math.abs(at - newest.at) < windowS * 1000;
}
