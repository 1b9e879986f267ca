/**
 * The purse of a virtual card: purchase and compound purchase of PBOC and JT/T 978.
 *
 * A purchase is begun (80 50), of a compound one records are held (80 DC), and the debit (80 54) does all of it at once or
 * nothing. What was done last can be asked for once more (80 5A), so that a card that left too soon is no riddle.
 */
import { concatBytes, equalBytes, uintBe } from '../../device/core/bytes.ts';
import { answer, type Command } from './apdu.ts';
import { desMac, diversify, folded, tripleDes } from './des.ts';
import { uintBytes } from './encoding.ts';
import { type PurseKeys, purchaseKeyIndex } from './purse-keys.ts';

/** Amounts in fen. */
export interface PurseState {
  balance: number;
  overdraftUsed: number;
  readonly overdraftLimit: number;
  /** Purchases so far. */
  sequence: number;
  readonly locked: boolean;
}

/** Where records are written: short file identifier, number (0 adds one to a cyclic file), bytes. */
export type WriteRecord = (sfi: number, number: number, record: Uint8Array) => boolean;

export interface Purse {
  /** @returns the answer with its status word; undefined for a command that is none of a purse's */
  respond(command: Command): Uint8Array | undefined;
  /** Power off: what was begun is forgotten. */
  reset(): void;
}

interface PurseParts {
  readonly state: PurseState;
  readonly keys: PurseKeys;
  /** The 8 bytes by which this card's keys are derived. */
  readonly number: Uint8Array;
  readonly write: WriteRecord;
  readonly random: () => Uint8Array;
}

interface Begun {
  readonly type: number;
  readonly amount: Uint8Array;
  readonly terminal: Uint8Array;
  readonly random: Uint8Array;
  readonly records: { readonly sfi: number; readonly number: number; readonly bytes: Uint8Array }[];
}

const compound = 0x09;
const plain = 0x06;
const maxSequence = 0xffff;
/** Four bytes. */
const mostBalance = 0xffff_ffff;
const status = {
  ok: 0x9000,
  wrongMac: 0x9302,
  locked: 0x9303,
  tooLittle: 0x9401,
  counterAtEnd: 0x9402,
  noKey: 0x9403,
  noProof: 0x9406,
  notNow: 0x6985,
  wrongLength: 0x6700,
  noRecord: 0x6a83,
  wrongParameters: 0x6a86,
} as const;

export function createPurse({ state, keys, number, write, random }: PurseParts): Purse {
  const [purchaseKey, tacKey] = [diversify(keys.purchase, number), folded(diversify(keys.tac, number))];
  let begun: Begun | undefined;
  let last: { readonly type: number; readonly sequence: number; readonly proof: Uint8Array } | undefined;

  function begin({ p1, p2, data }: Command): Uint8Array {
    begun = undefined;
    if (data.length !== 11) return answer(status.wrongLength);
    if (p2 !== 0x02 || (p1 !== 0x01 && p1 !== 0x03)) return answer(status.wrongParameters);
    if (state.locked) return answer(status.locked);
    if (data[0] !== purchaseKeyIndex) return answer(status.noKey);
    if (state.sequence >= maxSequence) return answer(status.counterAtEnd);
    const [amount, terminal] = [data.slice(1, 5), data.slice(5, 11)];
    if (uintBe(amount, 0, 4) > available(state)) return answer(status.tooLittle);
    begun = { type: p1 === 0x03 ? compound : plain, amount, terminal, random: random(), records: [] };
    return answer(
      status.ok,
      uintBytes(state.balance, 4),
      uintBytes(state.sequence, 2),
      uintBytes(state.overdraftLimit, 3),
      Uint8Array.of(0x01, 0x00),
      begun.random,
    );
  }

  function hold({ p1, p2, data }: Command): Uint8Array {
    if (begun?.type !== compound) return answer(status.notNow);
    begun.records.push({ sfi: p2 >> 3, number: p1, bytes: data.slice() });
    return answer(status.ok);
  }

  function debit({ data }: Command): Uint8Array {
    if (data.length !== 15) return answer(status.wrongLength);
    if (begun === undefined) return answer(status.notNow);
    const { type, amount, terminal, random: drawn, records } = begun;
    begun = undefined;
    const [terminalSequence, time, mac1] = [data.subarray(0, 4), data.subarray(4, 11), data.subarray(11)];
    const session = sessionKey(purchaseKey, drawn, state.sequence, terminalSequence);
    if (!equalBytes(mac1, desMac(session, amount, Uint8Array.of(type), terminal, time)))
      return answer(status.wrongMac);
    if (!records.every(({ sfi, number: at, bytes }) => write(sfi, at, bytes))) return answer(status.noRecord);
    take(state, uintBe(amount, 0, 4));
    state.sequence++;
    const tac = desMac(tacKey, amount, Uint8Array.of(type), terminal, terminalSequence, time);
    const proof = concatBytes(tac, desMac(session, amount));
    last = { type, sequence: state.sequence, proof };
    write(0x18, 0, logRecord(state.sequence, amount, type, terminal, time));
    return answer(status.ok, proof);
  }

  /** MAC2 first, then TAC: the other way round than the debit's answer. */
  function prove({ p2, data }: Command): Uint8Array {
    if (data.length !== 2) return answer(status.wrongLength);
    const asked = uintBe(data, 0, 2);
    if (last === undefined || last.type !== p2 || last.sequence !== asked) return answer(status.noProof);
    return answer(status.ok, last.proof.subarray(4), last.proof.subarray(0, 4));
  }

  return {
    respond(command) {
      if (command.cla !== 0x80) return undefined;
      if (command.ins === 0x50) return begin(command);
      if (command.ins === 0xdc) return hold(command);
      if (command.ins === 0x54) return debit(command);
      return command.ins === 0x5a ? prove(command) : undefined;
    },
    reset() {
      begun = undefined;
    },
  };
}

function available({ balance, overdraftUsed, overdraftLimit }: PurseState): number {
  return balance + Math.max(0, overdraftLimit - overdraftUsed);
}

/** @returns false where it cannot hold so much */
export function load(state: PurseState, amountFen: number): boolean {
  const back = Math.min(state.overdraftUsed, amountFen);
  if (state.balance + amountFen - back > mostBalance) return false;
  state.overdraftUsed -= back;
  state.balance += amountFen - back;
  return true;
}

function take(state: PurseState, amount: number): void {
  const beyond = Math.max(0, amount - state.balance);
  state.balance -= amount - beyond;
  state.overdraftUsed += beyond;
}

/** @param sequence the card's, before this purchase */
export function sessionKey(
  purchaseKey: Uint8Array,
  random: Uint8Array,
  sequence: number,
  terminalSequence: Uint8Array,
): Uint8Array {
  return tripleDes(purchaseKey, concatBytes(random, uintBytes(sequence, 2), terminalSequence.subarray(2)));
}

function logRecord(
  sequence: number,
  amount: Uint8Array,
  type: number,
  terminal: Uint8Array,
  time: Uint8Array,
): Uint8Array {
  return concatBytes(uintBytes(sequence, 2), new Uint8Array(3), amount, Uint8Array.of(type), terminal, time);
}
