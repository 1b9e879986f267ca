/**
 * Instructions out, answers in: in order, never more under way than the display's buffer of 1,024 bytes holds.
 *
 * Traps: an answer that noise has swallowed, or made up, would put all later ones out of step. So a number that was
 * asked for settles all that was sent before it, and one that nobody expected settles nothing. Old displays answer `get` twice,
 * with the number and 0x01: the second answer is no other instruction's.
 */
import { createWatchdog } from '../../../device/kit/time.ts';
import type { Answer } from './answers.ts';
import type { Instruction } from './instructions.ts';
import type { Found } from './search.ts';

/** Half the buffer: what the display still works on stays in it, and one stray answer does not overrun it. */
const maxUnderWayBytes = 512;
const succeeded = 0x01;
export const silent = 'the display does not answer';
const lostScreen = 'the display has lost its screen';

export interface ExchangeEvents {
  write(bytes: Uint8Array): void;
  failed(kind: 'timeout' | 'protocol', why: string): void;
}

export interface Exchange {
  /** Nothing is under way and nothing waits. */
  readonly idle: boolean;
  send(instructions: readonly Instruction[]): void;
  take(answer: Answer & { readonly kind: 'result' | 'number' }): void;
  stop(): void;
}

/** @param found how the display answers, which has just answered a `get` */
export function createExchange(
  answerTimeoutMs: number,
  { confirmsGet, number }: Found,
  { write, failed }: ExchangeEvents,
): Exchange {
  let waiting: Instruction[] = [];
  let underWay: Instruction[] = [];
  let confirmationOwed = confirmsGet;
  let lastNumber = number;
  const limit = createWatchdog(answerTimeoutMs, () => fail('timeout', silent));

  function pump(): void {
    for (let [next] = waiting; next !== undefined && hasRoomFor(next); [next] = waiting) {
      waiting.shift();
      underWay.push(next);
      write(next.bytes);
    }
    if (underWay.length > 0) limit.restart();
    else limit.stop();
  }

  function hasRoomFor({ bytes }: Instruction): boolean {
    const underWayBytes = underWay.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return underWayBytes === 0 || underWayBytes + bytes.length <= maxUnderWayBytes;
  }

  function settle(count: number): void {
    const settled = underWay.splice(0, count);
    for (const { answered } of settled) answered?.();
    pump();
  }

  function takeNumber(value: number): void {
    const asked = underWay.findIndex(({ expects }) => expects !== 'done');
    const isExpected = underWay[asked]?.expects === value;
    const isRepeated = value === lastNumber;
    lastNumber = value;
    if (asked === -1 || (isRepeated && !isExpected)) return;
    confirmationOwed = confirmsGet;
    if (isExpected) settle(asked + 1);
    else fail('protocol', lostScreen);
  }

  function takeResult(code: number): void {
    const [oldest] = underWay;
    if (oldest === undefined) return;
    const isDone = code === succeeded;
    if (oldest.expects !== 'done') {
      if (!isDone) fail('protocol', lostScreen);
    } else if (isDone) settle(1);
    else fail('protocol', `the display refuses ${oldest.what} (0x${code.toString(16).padStart(2, '0')})`);
  }

  function fail(kind: 'timeout' | 'protocol', why: string): void {
    stop();
    failed(kind, why);
  }

  function stop(): void {
    limit.stop();
    waiting = [];
    underWay = [];
  }

  return {
    get idle() {
      return underWay.length === 0 && waiting.length === 0;
    },
    send(instructions) {
      waiting.push(...instructions);
      pump();
    },
    take(answer) {
      if (answer.kind === 'number') takeNumber(answer.value);
      else if (confirmationOwed && answer.code === succeeded) confirmationOwed = false;
      else takeResult(answer.code);
    },
    stop,
  };
}
