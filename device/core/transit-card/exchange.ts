/**
 * One command and all that a card answers to it (ISO/IEC 7816-4; 7816-3 for T=0): 61xx, fetch the rest; 6Cxx, ask with
 * this length; both as often as the card says, in any order, with data or without.
 *
 * The pieces are joined, and a piece never passes for the whole: where the card gives less than it has announced, or more
 * than it was asked for, there is no answer.
 */
import { concatBytes } from '../bytes.ts';
import {
  type ApduResponse,
  type CardDialogue,
  getResponse,
  lengthOf,
  longestAnswer,
  parseResponse,
  withLe,
} from './apdu.ts';
import { hexOf, isAnswer, isRefusal, ok } from './status.ts';

/** One command takes no more exchanges. A file of 60 bytes that comes byte by byte, each asked for twice, takes 120. */
const maxCommands = 128;
/** The pieces of one SELECT's answer are no longer: a SELECT has no Le. */
const maxSelectBytes = 1024;

/** Why there is no answer: not what the card said, but how. */
export interface Broken {
  readonly broken: string;
}

/** What has come so far. */
interface Pieces {
  readonly data: Uint8Array;
  /** How many bytes the card has announced in all. */
  readonly due: number;
  readonly most: number;
}

/** Leads a dialogue, command by command, to its end, or to an answer that is none. */
export function* converse<T>(dialogue: CardDialogue<T>): Generator<Uint8Array, T | Broken, Uint8Array> {
  let step = dialogue.next();
  while (!step.done) {
    const answer = yield* exchange(step.value);
    if ('broken' in answer) return answer;
    step = dialogue.next(answer);
  }
  return step.value;
}

export function* exchange(command: Uint8Array): Generator<Uint8Array, ApduResponse | Broken, Uint8Array> {
  let question = command;
  let pieces: Pieces = { data: new Uint8Array(), due: 0, most: mostOf(command) };
  for (let count = 0; count < maxCommands; count++) {
    const answer = parseResponse(yield question);
    if (answer === undefined) return { broken: 'an answer without a status word' };
    const [sw1, sw2] = [answer.status >> 8, answer.status & 0xff];
    if (sw1 === 0x6c) {
      pieces = isFetching(question)
        ? { ...pieces, due: pieces.data.length + sw2 }
        : { ...pieces, most: lengthOf(sw2) };
      question = withLe(question, sw2);
      continue;
    }
    if (answer.data.length > longestAnswer(question)) return tooLong;
    const data = concatBytes(pieces.data, answer.data);
    if (data.length > pieces.most) return tooLong;
    if (sw1 !== 0x61 && isFetching(question) && !isSelect(command) && isRefusal(answer.status))
      return { broken: `an answer of which the rest is refused (${hexOf(answer.status)})` };
    if (sw1 !== 0x61) return whole({ ...pieces, data }, answer.status);
    // All that was asked for is there; what else the card has is of no use.
    if (data.length === pieces.most && !isSelect(command)) return { data, status: ok };
    // 6100 announces 256 bytes or more, so that nothing can be held against it.
    pieces = { ...pieces, data, due: Math.max(pieces.due, data.length + sw2) };
    question = getResponse(sw2);
  }
  return { broken: 'an answer without an end' };
}

const tooLong: Broken = { broken: 'an answer longer than asked for' };

function isFetching(question: Uint8Array): boolean {
  return question[1] === 0xc0;
}

function isSelect(command: Uint8Array): boolean {
  return command[1] === 0xa4;
}

function mostOf(command: Uint8Array): number {
  return isSelect(command) ? maxSelectBytes : longestAnswer(command);
}

/** A refusal at the end is the answer, and what came before it is nothing. */
function whole({ data, due }: Pieces, status: number): ApduResponse | Broken {
  if (!isAnswer(status)) return { data: new Uint8Array(), status };
  const missing = due - data.length;
  return status === ok && missing > 0
    ? { broken: `an answer that lacks ${missing} bytes` }
    : { data, status };
}
