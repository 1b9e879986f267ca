/**
 * Finds a display on an open wire, in whatever state it was left: an instruction half sent, asleep, in protocol reparse mode
 * (`recmod=1`), its instructions held up (`com_stop`), with answers switched off.
 *
 * A try ends an unfinished instruction, undoes all that, has every instruction answered (`bkcmd=3`), and asks for two numbers
 * just given to the display. It is made again until something is answered. A display may be slow, or a busy machine between:
 * then several tries are under way. Found is a display that has answered the last number of the last try, because nothing
 * that was sent to it before is then still to be answered, by whomever it was sent.
 *
 * In reparse mode a display takes nothing but `DRAKJHSUYDGBNCJHGJKSHBDN`, which is no instruction in any other state (0x00).
 * `get` and `sleep` are what a display asleep still does; `sendme` it may not. Projects made with Nextion Editor before 1.61.1 answer
 * `get` with 0x01 besides, after the number (its changelog: "get, print, prints and printh to single reply").
 */
import { randomInt } from 'node:crypto';
import { createWatchdog } from '../../../device/kit/time.ts';
import type { Answer } from './answers.ts';
import { instruction, largestMark, terminator } from './instructions.ts';

const shortestPauseMs = 250;
/** A slow display's buffer must not fill with tries. */
const longestPauseMs = 2000;
const awaken = ['DRAKJHSUYDGBNCJHGJKSHBDN', 'recmod=0', 'com_star', 'sleep=0', 'bkcmd=3'];
/** Above the marks, so that no display takes one for the other, and below FF FF, whose bytes end an answer. */
const firstNumber = largestMark + 1;
const numbersEnd = 32_000;

/** How a display that was found answers. */
export interface Found {
  /** The number that it answered last. */
  readonly number: number;
  /** It answers `get` with the number, and with 0x01 after it. */
  readonly confirmsGet: boolean;
}

export interface SearchEvents {
  write(bytes: Uint8Array): void;
  /** Called once. */
  found(how: Found): void;
  /** Called when no try was answered in time. */
  failed(): void;
}

export interface Search {
  take(answer: Answer): void;
  stop(): void;
}

export function startSearch(answerTimeoutMs: number, { write, found, failed }: SearchEvents): Search {
  const first = randomInt(firstNumber, numbersEnd);
  let last = first - 1;
  let pauseMs = shortestPauseMs;
  let next: NodeJS.Timeout | undefined;
  /** Since the last number: one for `sys0=`, and one for the `get` before it where it is confirmed. */
  let doneCount = 0;
  const limit = createWatchdog(answerTimeoutMs, failed);

  function attempt(): void {
    write(terminator);
    for (const text of awaken) write(instruction(text).bytes);
    for (const number of [++last, ++last]) {
      write(instruction(`sys0=${number}`).bytes);
      write(instruction('get sys0').bytes);
    }
    next = setTimeout(attempt, pauseMs);
    pauseMs = Math.min(2 * pauseMs, longestPauseMs);
  }

  function stop(): void {
    clearTimeout(next);
    limit.stop();
  }

  limit.restart();
  attempt();
  return {
    take(answer) {
      if (answer.kind === 'result') doneCount++;
      if (answer.kind !== 'number' || answer.value < first || answer.value > last) return;
      if (answer.value === last) {
        stop();
        found({ number: last, confirmsGet: doneCount > 1 });
      } else {
        // It is there: what else was asked is on its way.
        clearTimeout(next);
        limit.restart();
      }
      doneCount = 0;
    },
    stop,
  };
}
