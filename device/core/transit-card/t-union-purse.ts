/**
 * The purse of a T-Union card: purse 03 less the overdraft used, purse 02.
 *
 * A card that has no purse 03 is asked for purse 00, which counts what may be overdrawn as money; purse 01 is that much.
 */
import { type CardDialogue, getBalance } from './apdu.ts';
import { amountIn } from './fields.ts';
import type { CardReading } from './reading.ts';
import { isAbsent, isRefusal } from './status.ts';

/** @returns fen, which may be negative, or why there is no balance */
export function* readTUnionBalance(): CardDialogue<number | CardReading> {
  const purse = yield getBalance(0x03);
  if (!isAbsent(purse.status)) return yield* less(amountIn('the balance', purse), 0x02);
  const balance = amountIn('the balance', yield getBalance(0x00));
  return yield* less(balance, 0x01, 0x02);
}

/** @param others purses of which the first that there is counts */
function* less(
  balance: number | CardReading,
  ...others: readonly number[]
): CardDialogue<number | CardReading> {
  if (typeof balance !== 'number') return balance;
  for (const other of others) {
    const answer = yield getBalance(other);
    if (isRefusal(answer.status)) continue;
    const overdraft = amountIn('the overdraft', answer);
    return typeof overdraft === 'number' ? balance - overdraft : overdraft;
  }
  return balance;
}
