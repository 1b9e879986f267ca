/** Carries a purchase's commands to the card and to the PSAM, and their answers back. */
import type { PurchaseDialogue } from '../core/purchase/dialogue.ts';
import type { Pending } from '../core/purchase/outcome.ts';
import { DeviceError } from '../kit/errors.ts';
import type { Card } from '../ports.ts';
import type { Psam } from './psam-slot.ts';

const nothing = new Uint8Array();

/**
 * @param keep puts on the disk what must be there before the debit. @returns of it: false if it could not: then nothing is debited
 * @returns how the dialogue ends; `not-kept` where it was given up before the debit
 * Rejects with the card reader's DeviceError where the dialogue does not take it: nothing has happened then.
 */
export async function carry<T>(
  dialogue: PurchaseDialogue<T>,
  card: Card,
  psam: Pick<Psam, 'transmit'>,
  keep: (pending: Pending) => boolean = () => true,
): Promise<T | 'not-kept'> {
  let step = dialogue.next();
  while (!step.done) {
    if ('keep' in step.value) {
      if (!keep(step.value.keep)) return 'not-kept';
      step = dialogue.next(nothing);
      continue;
    }
    const { to, command } = step.value;
    const answer = await answered(to === 'psam' ? psam : card, command);
    step = answer instanceof DeviceError ? dialogue.throw(answer) : dialogue.next(answer);
  }
  return step.value;
}

async function answered(to: Pick<Card, 'transmit'>, command: Uint8Array): Promise<Uint8Array | DeviceError> {
  try {
    return await to.transmit(command);
  } catch (error) {
    if (error instanceof DeviceError) return error;
    throw error;
  }
}
