/** A virtual card and a PSAM for purchases, which may be torn apart at any command. */
import { bcdDigits, uintBe } from '../../../../device/core/bytes.ts';
import type { PurchaseDialogue } from '../../../../device/core/purchase/dialogue.ts';
import type { Pending } from '../../../../device/core/purchase/outcome.ts';
import type { Purchase } from '../../../../device/core/purchase/pay.ts';
import type { CardImage } from '../../../../sim/media/card-image.ts';
import { tUnionImage } from '../../../../sim/media/card-images.ts';
import { hexBytes } from '../../../../sim/media/encoding.ts';
import { createPsam, type PsamOptions } from '../../../../sim/media/psam.ts';
import { purchaseKeyIndex, testPurseKeys } from '../../../../sim/media/purse-keys.ts';
import { createVirtualCard, type VirtualCard } from '../../../../sim/media/virtual-card.ts';

export const terminalNumber = '110000000042';
export const terminal = { keyIndex: purchaseKeyIndex, number: hexBytes(terminalNumber) };

export function psamWith(options: Partial<PsamOptions> = {}): VirtualCard {
  return createPsam({ keys: testPurseKeys, terminal: terminalNumber, ...options });
}

/** A T-Union card with this purse, its application selected. */
export function selectedCard(purse: Partial<NonNullable<CardImage['applications'][number]['purse']>> = {}) {
  const { applications, ...image } = tUnionImage();
  const card = createVirtualCard({
    ...image,
    applications: applications.map(application => ({
      ...application,
      purse: { balance: 1000, overdraftUsed: 0, ...purse },
    })),
  });
  select(card);
  return card;
}

export function select(card: VirtualCard): void {
  card.respond(hexBytes('00A4040008A000000632010105'));
}

/** A ride of state 1, told from others by its first free byte. */
export function purchaseOf(amountFen: number, mark = 1): Purchase {
  const rideState = hexBytes(`27027D0101${'00'.repeat(123)}`);
  rideState[14] = mark;
  const file15 = hexBytes(tUnionImage().applications[0]?.files?.['15'] ?? '');
  return {
    amountFen,
    at: Date.UTC(2022, 5, 1, 0, 15, 30),
    terminal,
    card: { number: file15.slice(12, 20), issuer: file15.slice(0, 8) },
    ride: {
      state: rideState,
      record: balanceFen => {
        const record = new Uint8Array(48);
        record[0] = mark;
        new DataView(record.buffer).setUint32(21, balanceFen);
        return record;
      },
    },
  };
}

/** What is on the card, as its commands tell it. */
export function stateOf(card: VirtualCard) {
  const ask = (hex: string) => card.respond(hexBytes(hex));
  const text = (bytes: Uint8Array) => bcdDigits(bytes) ?? '';
  const log = ask('00B201C417');
  return {
    balanceFen: uintBe(ask('805C030204'), 0, 4),
    overdraftFen: uintBe(ask('805C020204'), 0, 4),
    /** The marks of the purchase that wrote the ride last. */
    ride: ask('00B202D400')[14],
    record: ask('00B201F430')[0],
    lastAmountFen: uintBe(log, 5, 4),
    lastTerminal: text(log.subarray(10, 16)),
  };
}

/** Where the card leaves: before a command reaches it, or with its answer on the way. Counted from 1, the card's commands only. */
export interface Tear {
  readonly at: number;
  readonly moment: 'before' | 'after';
}

export class Torn extends Error {}

export interface Driven<T> {
  /** Undefined where the tear came out again: nothing was debited. */
  readonly end: T | undefined;
  readonly kept: Pending | undefined;
  readonly commands: number;
}

/** Carries a purchase to its end, or to where the card leaves. */
export function drive<T>(
  dialogue: PurchaseDialogue<T>,
  card: VirtualCard,
  psam: VirtualCard,
  tear?: Tear,
): Driven<T> {
  let kept: Pending | undefined;
  let commands = 0;
  function send(command: Uint8Array): Uint8Array {
    commands++;
    if (tear !== undefined && commands >= tear.at) {
      if (tear.moment === 'after' && commands === tear.at) card.respond(command);
      throw new Torn('the card has left');
    }
    return card.respond(command);
  }
  try {
    let step = dialogue.next();
    while (!step.done) {
      if ('keep' in step.value) {
        kept = step.value.keep;
        step = dialogue.next(new Uint8Array());
        continue;
      }
      const { to, command } = step.value;
      step = sent(dialogue, () => (to === 'psam' ? psam.respond(command) : send(command)));
    }
    return { end: step.value, kept, commands };
  } catch (error) {
    if (!(error instanceof Torn)) throw error;
    return { end: undefined, kept, commands };
  }
}

function sent<T>(dialogue: PurchaseDialogue<T>, send: () => Uint8Array) {
  let answer: Uint8Array;
  try {
    answer = send();
  } catch (error) {
    return dialogue.throw(error);
  }
  return dialogue.next(answer);
}
