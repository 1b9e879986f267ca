/** What can go wrong with a card. Each fault is a layer over the card (vpcd-card.ts), for one insertion. */
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeFrame } from '../../drivers/card-reader/vpcd-frames.ts';
import type { CardFault, WireQuestion, WireReply } from './vpcd-card.ts';

type Ask = WireQuestion['ask'];
type Spoil = (beneath: () => Promise<WireReply>) => WireReply | Promise<WireReply>;

/** Spoils the answers to one kind of question, and leaves the other kind alone. */
const on =
  (ask: Ask, spoil: Spoil): CardFault =>
  (question, beneath) =>
    question.ask === ask ? spoil(beneath) : beneath();

/** Spoils the frame of an answer; any other reply stays as it is. */
async function reframe(beneath: () => Promise<WireReply>, spoil: (frame: Uint8Array) => Uint8Array) {
  const reply = await beneath();
  return reply instanceof Uint8Array ? { raw: spoil(encodeFrame(reply)) } : reply;
}

const half = (frame: Uint8Array) => frame.subarray(0, Math.ceil(frame.length / 2));
const twice = (frame: Uint8Array) => Buffer.concat([frame, frame]);

/** Takes questions and says nothing. */
export const answersNothing = (ask: Ask): CardFault => on(ask, () => 'silent');

/** Sends the first half of each answer's frame, and stalls. */
export const answersHalf = (ask: Ask): CardFault => on(ask, beneath => reframe(beneath, half));

/** Answers with one frame of 65,535 bytes. */
export const answersTooMuch = (ask: Ask): CardFault => on(ask, () => new Uint8Array(0xffff));

/** Answers with a single byte, too short for a status word. */
export const answersOneByte = (ask: Ask): CardFault => on(ask, () => Uint8Array.of(0x90));

/** Sends each answer two times over. */
export const answersTwice = (ask: Ask): CardFault => on(ask, beneath => reframe(beneath, twice));

/** Answers with 4 MiB of small frames. */
export const floods = (ask: Ask): CardFault =>
  on(ask, () => ({ raw: Buffer.alloc(4 * 1024 * 1024, encodeFrame(Uint8Array.of(0x90, 0))) }));

/** Answers the power-up with bytes that are no ATR. */
export const garbageAtr = (): CardFault => on('atr', () => Uint8Array.of(0xde, 0xad, 0xbe, 0xef));

/** Answers every command with this status word and no data. */
export const answersStatusWord = (statusWord: number): CardFault =>
  on('command', () => Uint8Array.of(statusWord >> 8, statusWord & 0xff));

/** Answers this many commands, and hangs up in the middle of the next: the card was taken away too soon. */
export function leavesAfter(commands: number): CardFault {
  let left = commands;
  return on('command', beneath => (left-- > 0 ? beneath() : 'close'));
}

/** DEBIT FOR PURCHASE */
const debit = 0x54;

/** Hangs up when it is to pay: it has or it has not, and nobody is told. */
const leavesAtDebit =
  (hasPaid: boolean): CardFault =>
  async (question, beneath) => {
    if (question.ask !== 'command' || question.command[1] !== debit) return beneath();
    if (hasPaid) await beneath();
    return 'close';
  };

/** Answers each command after this long. */
export const slowBy = (delayMs: number): CardFault =>
  on('command', async beneath => {
    await sleep(delayMs, undefined, { ref: false });
    return beneath();
  });

/** The faults as a tester picks them by name. */
export const cardFaults = {
  'answers-nothing': () => answersNothing('command'),
  'answers-half': () => answersHalf('command'),
  'answers-too-much': () => answersTooMuch('command'),
  'answers-one-byte': () => answersOneByte('command'),
  'answers-twice': () => answersTwice('command'),
  floods: () => floods('command'),
  'wrong-status-word': () => answersStatusWord(0x6f00),
  'leaves-at-once': () => leavesAfter(0),
  'leaves-half-way': () => leavesAfter(2),
  'leaves-before-debit': () => leavesAtDebit(false),
  'leaves-after-debit': () => leavesAtDebit(true),
  slow: () => slowBy(300),
  'no-atr': () => answersNothing('atr'),
  'half-an-atr': () => answersHalf('atr'),
  'garbage-atr': garbageAtr,
} satisfies Record<string, () => CardFault>;

export type CardFaultName = keyof typeof cardFaults;
