/**
 * Instructions out, answers in: in order, never more under way than the panel's buffer of 1,024 bytes holds.
 *
 * Trap: an answer that noise has swallowed, or made up, would put all later ones out of step. So a number that was
 * asked for settles all that was sent before it, and one that nobody expected settles nothing.
 */
import type { Answer } from './answers.ts';
import type { Instruction } from './instructions.ts';

/** Half the buffer: what the panel still works on stays in it, and one stray answer does not overrun it. */
const maxUnderWayBytes = 512;
/** Well above 512 bytes at 9,600 baud, and with the heartbeat's pause under the 2 s in which a fault must show. */
export const answerLimitMs = 800;
const succeeded = 0x01;
const lostScreen = 'the panel has lost its screen';

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

export function createExchange({ write, failed }: ExchangeEvents): Exchange {
  let waiting: Instruction[] = [];
  let underWay: Instruction[] = [];
  let limit: NodeJS.Timeout | undefined;

  function pump(): void {
    for (let [next] = waiting; next !== undefined && hasRoomFor(next); [next] = waiting) {
      waiting.shift();
      underWay.push(next);
      write(next.bytes);
    }
    clearTimeout(limit);
    if (underWay.length > 0) limit = setTimeout(fail, answerLimitMs, 'timeout', 'the panel does not answer');
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

  function fail(kind: 'timeout' | 'protocol', why: string): void {
    stop();
    failed(kind, why);
  }

  function stop(): void {
    clearTimeout(limit);
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
      const [oldest] = underWay;
      if (oldest === undefined) return;
      if (answer.kind === 'number') {
        const asked = underWay.findIndex(({ expects }) => expects !== 'done');
        if (asked === -1) return;
        if (underWay[asked]?.expects === answer.value) settle(asked + 1);
        else fail('protocol', lostScreen);
      } else if (answer.code !== succeeded && oldest.expects !== 'done') fail('protocol', lostScreen);
      else if (answer.code !== succeeded) {
        fail('protocol', `the panel refuses ${oldest.what} (0x${answer.code.toString(16).padStart(2, '0')})`);
      } else if (oldest.expects === 'done') settle(1);
    },
    stop,
  };
}
