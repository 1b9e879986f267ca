/**
 * A PSAM (purchase secure access module): the card in the validator that holds the keys, so that the validator itself has none.
 * It makes MAC1 for a purchase and checks MAC2 afterwards (PBOC; JT/T 978).
 */
import { equalBytes, uintBe } from '../../device/core/bytes.ts';
import { answer, type Command, parseCommand } from './apdu.ts';
import { desMac, diversify } from './des.ts';
import { contactAtr, exactly, uintBytes } from './encoding.ts';
import { sessionKey } from './purse.ts';
import type { PurseKeys } from './purse-keys.ts';
import type { VirtualCard } from './virtual-card.ts';

export interface PsamOptions {
  readonly keys: Pick<PurseKeys, 'purchase'>;
  /** 12 digits: the terminal's number */
  readonly terminal: string;
  /** Purchases it has served. */
  readonly sequence?: number;
  /** Its issuer has blocked it, or its date is over: it answers everything by this status word. */
  readonly blocked?: number;
}

const status = {
  ok: 0x9000,
  wrongMac: 0x9302,
  wrongLength: 0x6700,
  notNow: 0x6985,
  unknown: 0x6d00,
  noFile: 0x6a82,
};
/** Short file identifier of the terminal's number, 6 bytes BCD. */
const terminalFile = 0x16;

export function createPsam({ keys, terminal, sequence: served = 0, blocked }: PsamOptions): VirtualCard {
  const number = exactly(6, 'terminal', Uint8Array.from(Buffer.from(terminal, 'hex')));
  let sequence = served;
  let open: { readonly session: Uint8Array; readonly amount: Uint8Array } | undefined;

  /** INIT_SAM_FOR_PURCHASE: random 4, card sequence 2, amount 4, type 1, time 7, key version 1, algorithm 1, number 8, issuer 8. */
  function begin({ data }: Command): Uint8Array {
    open = undefined;
    if (data.length !== 36) return answer(status.wrongLength);
    const [random, amount, type, time] = [
      data.subarray(0, 4),
      data.slice(6, 10),
      data.slice(10, 11),
      data.slice(11, 18),
    ];
    sequence++;
    const terminalSequence = uintBytes(sequence, 4);
    const purchaseKey = diversify(keys.purchase, data.subarray(20, 28));
    const session = sessionKey(purchaseKey, random, uintBe(data, 4, 2), terminalSequence);
    open = { session, amount };
    return answer(status.ok, terminalSequence, desMac(session, amount, type, number, time));
  }

  /** CREDIT_SAM_FOR_PURCHASE: MAC2. */
  function check({ data }: Command): Uint8Array {
    if (data.length !== 4) return answer(status.wrongLength);
    if (open === undefined) return answer(status.notNow);
    const isRight = equalBytes(data, desMac(open.session, open.amount));
    open = undefined;
    return answer(isRight ? status.ok : status.wrongMac);
  }

  function respond(command: Command): Uint8Array {
    const { cla, ins, p1 } = command;
    if (blocked !== undefined) return answer(blocked);
    if (cla === 0x80 && ins === 0x70) return begin(command);
    if (cla === 0x80 && ins === 0x72) return check(command);
    if (cla === 0x00 && ins === 0xb0)
      return p1 === (0x80 | terminalFile) ? answer(status.ok, number) : answer(status.noFile);
    return answer(status.unknown);
  }

  return {
    atr: contactAtr(Uint8Array.from(Buffer.from('PSAM'))),
    respond(bytes) {
      const command = parseCommand(bytes);
      return command === undefined ? answer(status.wrongLength) : respond(command);
    },
    reset() {
      open = undefined;
    },
  };
}
