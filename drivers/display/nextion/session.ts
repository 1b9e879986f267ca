/**
 * One display on an open wire: found, set up, drawn on, and watched.
 *
 * Watched by the display, too: its own timer takes the notice down if nobody feeds it, and the mark with it.
 *
 * Found: search.ts. Watched: twice a second the display is asked for a number left on its page, which is gone when it was
 * reset or shows another page, whether it said so or not. Whatever is wrong ends the session, and the next one begins from
 * the start.
 */
import { randomInt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Screen } from '../../../device/core/screen.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import type { Link } from '../../wire/supervised-stream.ts';
import { type Answer, readAnswers } from './answers.ts';
import { createExchange, type Exchange, silent } from './exchange.ts';
import {
  askMark,
  begin,
  drawing,
  feed,
  type Instruction,
  largestMark,
  type NextionEncoding,
  setUp,
  sound,
} from './instructions.ts';
import { type Found, startSearch } from './search.ts';

const heartbeatMs = 500;

/** What the display is to show; the same object stays until the next one. */
export interface Wanted {
  readonly screen: Screen;
  /** The display has sounded its tone: it is not to be heard again with a screen drawn anew. */
  sounded: boolean;
}

export interface NextionSession {
  /** There is something newer to show. */
  refresh(): void;
  /** The display shows the newest. */
  readonly drawn: boolean;
  stop(): void;
}

export interface SessionOptions {
  readonly name: string;
  readonly encoding: NextionEncoding;
  readonly answerTimeoutMs: number;
  wanted(): Wanted | undefined;
  /** Called for each component that is pressed. */
  onPressed(page: number, component: number): void;
  /** Called whenever `drawn` has become true. */
  onDrawn(): void;
}

export function startSession(stream: Duplex, link: Link, options: SessionOptions): NextionSession {
  const { name, encoding, answerTimeoutMs, wanted, onPressed, onDrawn } = options;
  let mark = randomInt(1, largestMark);
  let shown: Wanted | undefined;
  let fellAsleep = false;
  let isDrawing = true;
  let exchange: Exchange | undefined;
  const write = (bytes: Uint8Array) => stream.write(bytes);
  const stopReading = readAnswers(stream, take);
  const search = startSearch(answerTimeoutMs, { write, found, failed: () => failed('timeout', silent) });
  const heartbeat = setInterval(() => exchange?.idle && exchange.send([askMark(mark), feed]), heartbeatMs);

  function found(how: Found): void {
    exchange = createExchange(answerTimeoutMs, how, { write, failed });
    draw(setUp());
  }

  function failed(kind: 'timeout' | 'protocol', why: string): void {
    link.failed(new DeviceError(kind, name, why));
  }

  function take(answer: Answer): void {
    if (answer.kind === 'pressed') {
      // Before the display is found, what comes may be left from another time, or noise.
      if (exchange !== undefined) onPressed(answer.page, answer.component);
      return;
    }
    if (exchange === undefined) {
      search.take(answer);
      return;
    }
    switch (answer.kind) {
      case 'started':
        failed('protocol', 'the display was reset');
        break;
      case 'overflow':
        failed('protocol', "the display's buffer was overrun");
        break;
      case 'asleep':
        fellAsleep = true;
        refresh();
        break;
      default:
        exchange.take(answer);
    }
  }

  function draw(before: readonly Instruction[] = []): void {
    const now = wanted();
    isDrawing = true;
    mark = (mark % largestMark) + 1;
    fellAsleep = false;
    exchange?.send([
      ...before,
      ...begin(mark),
      ...(now === undefined ? [] : drawing(now.screen, encoding)),
      ...(now === undefined || now.sounded ? [] : sounding(now)),
      { ...askMark(mark), answered: () => finish(now) },
    ]);
  }

  function finish(now: Wanted | undefined): void {
    shown = now;
    isDrawing = false;
    link.working();
    if (isDrawn()) onDrawn();
    else draw();
  }

  function isDrawn(): boolean {
    return !isDrawing && wanted() === shown && !fellAsleep;
  }

  function refresh(): void {
    if (!isDrawing && !isDrawn()) draw();
  }

  return {
    refresh,
    get drawn() {
      return isDrawn();
    },
    stop() {
      clearInterval(heartbeat);
      search.stop();
      exchange?.stop();
      stopReading();
    },
  };
}

/** Heard once it is answered, and not again when the screen has to be drawn anew. */
function sounding(wanted: Wanted): Instruction[] {
  const answered = () => {
    wanted.sounded = true;
  };
  return sound(wanted.screen.tone).map(instruction => ({ ...instruction, answered }));
}
