/**
 * One panel on an open wire: found, set up, drawn on, and watched.
 *
 * Found: an unfinished instruction is ended, the panel woken and told to answer every instruction (`bkcmd=3`), and
 * asked for a number just given to it; all that comes before it is not for us. Watched: twice a second the
 * panel is asked for a number left on its page, which is gone when it was reset or shows another page, whether it
 * said so or not. Whatever is wrong ends the session, and the next one begins from the start.
 *
 * `get` and `sleep` are what a panel asleep still does; `sendme` it may not.
 */
import { randomInt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Screen } from '../../../device/core/notice.ts';
import { DeviceError } from '../../../device/errors.ts';
import type { Link } from '../../supervised-stream.ts';
import { type Answer, readAnswers } from './answers.ts';
import { answerLimitMs, createExchange } from './exchange.ts';
import {
  askMark,
  drawing,
  type Instruction,
  instruction,
  type PanelEncoding,
  setMark,
  setUp,
  sound,
  terminator,
} from './instructions.ts';

const heartbeatMs = 500;
/** Below FF FF, so that no answer holds the bytes that end one; far from black and white. */
const marks = 30_000;
const maxEcho = 32_000;
const probeMs = 250;

/** What the panel is to show; the same object stays until the next one. */
export interface Wanted {
  readonly screen: Screen;
  /** The panel has sounded its tone: it is not to be heard again with a screen drawn anew. */
  sounded: boolean;
}

export interface PanelSession {
  /** There is something newer to show. */
  refresh(): void;
  /** The panel shows the newest. */
  readonly drawn: boolean;
  stop(): void;
}

export interface SessionOptions {
  readonly name: string;
  readonly encoding: PanelEncoding;
  wanted(): Wanted | undefined;
  /** Called whenever `drawn` has become true. */
  onDrawn(): void;
}

export function startSession(stream: Duplex, link: Link, options: SessionOptions): PanelSession {
  const { name, encoding, wanted, onDrawn } = options;
  const echo = randomInt(marks + 1, maxEcho);
  let found = false;
  let mark = randomInt(1, marks);
  let shown: Wanted | undefined;
  let fellAsleep = false;
  let state: 'finding' | 'drawing' | 'drawn' = 'finding';
  const exchange = createExchange({ write: bytes => stream.write(bytes), failed });
  const stopReading = readAnswers(stream, take);
  const heartbeat = setInterval(() => exchange.idle && found && exchange.send([askMark(mark)]), heartbeatMs);
  const search = setTimeout(failed, answerLimitMs, 'timeout', 'the panel does not answer');
  const probing = setInterval(probe, probeMs);
  probe();

  function probe(): void {
    stream.write(terminator);
    for (const text of ['sleep=0', 'bkcmd=3', `sys0=${echo}`, 'get sys0']) {
      stream.write(instruction(text).bytes);
    }
  }

  function failed(kind: 'timeout' | 'protocol', why: string): void {
    link.failed(new DeviceError(kind, name, why));
  }

  function take(answer: Answer): void {
    const isEcho = answer.kind === 'number' && answer.value === echo;
    if (!found && isEcho) {
      found = true;
      clearTimeout(search);
      clearInterval(probing);
      draw(setUp());
    }
    if (!found || isEcho) return;
    switch (answer.kind) {
      case 'started':
        failed('protocol', 'the panel was reset');
        break;
      case 'overflow':
        failed('protocol', "the panel's buffer was overrun");
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
    state = 'drawing';
    mark = (mark % marks) + 1;
    fellAsleep = false;
    exchange.send([
      ...before,
      ...(now === undefined ? [] : drawing(now.screen, encoding)),
      setMark(mark),
      ...(now === undefined || now.sounded ? [] : sounding(now)),
      { ...askMark(mark), answered: () => finish(now) },
    ]);
  }

  function finish(now: Wanted | undefined): void {
    shown = now;
    state = 'drawn';
    link.working();
    if (isDrawn()) onDrawn();
    else draw();
  }

  function isDrawn(): boolean {
    return state === 'drawn' && wanted() === shown && !fellAsleep;
  }

  function refresh(): void {
    if (state === 'drawn' && !isDrawn()) draw();
  }

  return {
    refresh,
    get drawn() {
      return isDrawn();
    },
    stop() {
      clearInterval(heartbeat);
      clearTimeout(search);
      clearInterval(probing);
      exchange.stop();
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
