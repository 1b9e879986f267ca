/**
 * Instructions out, answers in, one at a time: modules lose what comes while they work.
 *
 * A module that is busy (it reads its memory card after the start) or asleep is asked again, and so is one that says that a
 * frame did not arrive whole, until the time for an answer is over.
 */
import { createWatchdog } from '../../../device/kit/time.ts';
import { encodeFrame, type Frame } from './frames.ts';
import { errors, instructions, reports } from './instructions.ts';

export interface Request extends Frame {
  /** The report that answers it. */
  readonly answer: number;
  answered(value: number): void;
  /** The module refuses it; left out, that is a fault. */
  refused?(error: number): void;
}

export interface ExchangeEvents {
  write(bytes: Uint8Array): void;
  /** Everything has been answered: there is time for more. */
  idle(): void;
  failed(kind: 'timeout' | 'protocol', why: string): void;
}

export interface Exchange {
  readonly isIdle: boolean;
  send(request: Request): void;
  take(frame: Frame): void;
  stop(): void;
}

const againMs = 100;
const transient: readonly number[] = [errors.busy, errors.asleep, errors.cutShort, errors.wrongSum];

export function createExchange(answerTimeoutMs: number, { write, idle, failed }: ExchangeEvents): Exchange {
  let underWay: Request | undefined;
  let again: NodeJS.Timeout | undefined;
  let lastError: number | undefined;
  const limit = createWatchdog(answerTimeoutMs, () => {
    if (lastError === undefined) failed('timeout', 'the module does not answer');
    else failed('protocol', `the module says ${nameOf(lastError)}`);
  });

  function put({ code, value, answer }: Request): void {
    write(encodeFrame({ code, value }, answer === reports.done));
  }

  function settle(): void {
    limit.stop();
    clearTimeout(again);
    underWay = undefined;
    lastError = undefined;
  }

  function takeError(request: Request, error: number): void {
    if (transient.includes(error)) {
      lastError = error;
      clearTimeout(again);
      again = setTimeout(() => {
        if (error === errors.asleep) write(encodeFrame({ code: instructions.wake, value: 0 }, false));
        put(request);
      }, againMs);
      return;
    }
    if (request.refused === undefined) {
      failed('protocol', `the module says ${nameOf(error)}`);
      return;
    }
    settle();
    request.refused(error);
    if (underWay === undefined) idle();
  }

  return {
    get isIdle() {
      return underWay === undefined;
    },
    send(request) {
      underWay = request;
      limit.restart();
      put(request);
    },
    take({ code, value }) {
      const request = underWay;
      if (request === undefined) return;
      if (code === reports.error) {
        takeError(request, value);
      } else if (code === request.answer) {
        settle();
        request.answered(value);
        if (underWay === undefined) idle();
      }
    },
    stop() {
      limit.stop();
      clearTimeout(again);
      underWay = undefined;
    },
  };
}

function nameOf(error: number): string {
  const [name] = Object.entries(errors).find(([, code]) => code === error) ?? [];
  return `error ${error}${name === undefined ? '' : ` (${words[name as keyof typeof errors]})`}`;
}

const words: Readonly<Record<keyof typeof errors, string>> = {
  busy: 'busy',
  asleep: 'asleep',
  cutShort: 'frame not whole',
  wrongSum: 'wrong sum',
  outOfRange: 'no such track',
  notFound: 'no such track',
};
