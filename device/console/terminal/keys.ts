/**
 * The technician's keys, on their way from the wire to readline, bounded in work: each key may redraw the line, and all of them
 * share the tap's thread.
 *
 * A key costs readline up to 0.1 ms, whatever it is. So 64 come through at once, and then 400 a second; control keys count for
 * three. What is pasted waits, up to 2 KiB. More at once is a flood: all that waits is dropped, and so is all that follows until
 * the line has been silent for 200 ms, and that is said once. Ctrl-C throws away what waits, as it does on any terminal.
 */
import { type Duplex, PassThrough, type Readable } from 'node:stream';
import { readPaced } from '../../kit/paced-reading.ts';
import { createWatchdog } from '../../kit/time.ts';
import { createWorkBudget } from '../../kit/work-budget.ts';
import type { Telnet } from './telnet.ts';

export const maxLineLength = 200;
const workAtOnce = 64;
const workPerS = 400;
const turnMs = 25;
const controlKeyWork = 3;
const maxWaitingBytes = 2048;
const floodEndsAfterMs = 200;
const maxUnreadBytes = 64 * 1024;

const ctrlC = 0x03;
/** Enter ends a line; Ctrl-C and Ctrl-U throw it away. */
const endsLine: readonly number[] = [0x0d, 0x0a, ctrlC, 0x15];
const backspace: readonly number[] = [0x08, 0x7f];
/**
 * Ctrl-D would end the session for good on a serial line; on Ctrl-Z readline stops the whole process; with Ctrl-Y a line
 * grows without limit. Telnet sends NUL after each Enter.
 */
const ignoredKeys: readonly number[] = [0x00, 0x04, 0x19, 0x1a];

const isControl = (byte: number): boolean => byte < 0x20 || byte === 0x7f;

export interface KeysOptions {
  readonly telnet: Telnet;
  /** The length of the line being typed. */
  typedLength(): number;
  /** Called once for each flood, when it is over. */
  flooded(): void;
  /** Lines that came whole: the far end has shown them itself. */
  wholeLines(lines: readonly string[]): void;
}

export interface Keys {
  /** What readline reads; it ends when the wire does. */
  readonly typed: Readable;
  /** Everything that comes goes there, undone only of telnet, until it is given back by undefined. */
  divert(to: Diversion | undefined): void;
}

export interface Diversion {
  /** Every byte that the far end means, for a file transfer; keys unless given. */
  readonly binary?: true;
  heard(bytes: Buffer): void;
}

export function readKeys(wire: Duplex, { telnet, typedLength, flooded, wholeLines }: KeysOptions): Keys {
  const keys = new PassThrough();
  const clip = createClip();
  const work = createWorkBudget(workAtOnce, workPerS);
  let waiting: Buffer = Buffer.alloc(0);
  let turn: NodeJS.Timeout | undefined;
  let ended = false;
  let isFlood = false;
  let diversion: Diversion | undefined;
  const silence = createWatchdog(floodEndsAfterMs, () => {
    isFlood = false;
    flooded();
  });

  function take(chunk: Buffer): void {
    if (diversion !== undefined) {
      diversion.heard(diversion.binary ? telnet.binary(chunk) : telnet.typed(chunk));
      return;
    }
    const sent = telnet.typed(chunk);
    if (isFlood) {
      silence.restart();
      return;
    }
    if (waiting.length === 0 && typedLength() === 0 && isWholeLines(sent) && work.take(sent.length)) {
      wholeLines(sent.toString().split(/\r?\n/).slice(0, -1));
      return;
    }
    const heard = clip(sent);
    const lastCtrlC = heard.lastIndexOf(ctrlC);
    const mustWait = waiting.length + heard.length > workAtOnce;
    waiting = mustWait && lastCtrlC !== -1 ? heard.subarray(lastCtrlC) : Buffer.concat([waiting, heard]);
    if (waiting.length > maxWaitingBytes) {
      isFlood = true;
      waiting = Buffer.alloc(0);
      silence.restart();
    }
    if (turn === undefined) pass();
  }

  function pass(): void {
    turn = undefined;
    let count = 0;
    while (count < waiting.length && work.take(isControl(waiting[count] ?? 0) ? controlKeyWork : 1)) count++;
    const typed = fitting(waiting.subarray(0, count), typedLength());
    waiting = waiting.subarray(count);
    if (waiting.length > 0) turn = setTimeout(pass, turnMs);
    // readline answers each key: while the far end does not read the answers, its keys are dropped.
    if (typed.length > 0 && wire.writableLength < maxUnreadBytes) keys.write(typed);
    if (ended && waiting.length === 0) keys.end();
  }

  const stopReading = readPaced(wire, take);
  wire.once('end', () => {
    ended = true;
    if (turn === undefined) pass();
  });
  wire.once('close', () => {
    clearTimeout(turn);
    silence.stop();
    stopReading();
    keys.end();
  });
  return {
    typed: keys,
    divert(to) {
      diversion = to;
    },
  };
}

/**
 * A terminal sends key by key and Enter as CR. What comes as text with LF at its end is from a far end that lets its user edit the line
 * first, as nc and telnet do, or from a program.
 */
function isWholeLines(sent: Buffer): boolean {
  return sent.length > 1 && sent.length <= workAtOnce && /^(?:[^\p{Cc}]+\r?\n)+$/u.test(sent.toString());
}

/** What can be no part of any line is dropped before it waits: characters beyond a line's limit, keys that are ignored. */
function createClip(): (chunk: Buffer) => Buffer {
  let lineLength = 0;
  return chunk =>
    chunk.filter(byte => {
      if (!isControl(byte)) return ++lineLength <= maxLineLength;
      if (endsLine.includes(byte)) lineLength = 0;
      if (backspace.includes(byte)) lineLength = Math.max(0, Math.min(lineLength, maxLineLength) - 1);
      return !ignoredKeys.includes(byte);
    }) as Buffer;
}

/** readline keeps a line however long it gets. */
function fitting(keys: Buffer, typedLength: number): Buffer {
  let room = maxLineLength - typedLength;
  return keys.filter(byte => {
    if (endsLine.includes(byte)) room = maxLineLength;
    if (backspace.includes(byte)) room = Math.min(room + 1, maxLineLength);
    if (isControl(byte)) return true;
    if (room <= 0) return false;
    room--;
    return true;
  }) as Buffer;
}
