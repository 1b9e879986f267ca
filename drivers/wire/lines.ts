/**
 * Byte stream → lines of text, for devices that print.
 *
 * CR, LF and CRLF each end a line. A silence ends one too, so noise without a line end never swallows what is sent after
 * it. The lines are latin1, one character per byte, so binary junk comes through as it is. Empty lines are left out, and so
 * is a line that the wire's own end cuts short.
 *
 * The parser keeps everything up to the next line end, however long, and makes a string of every line. So a guard before
 * it keeps at most `maxLineBytes` + 1 bytes of each line; by the one byte more, the caller sees that a line is too long. No
 * device prints 1,000 lines a second for long. Of more, only one is kept until its turn comes, the newest unless `weight` says
 * otherwise: so a flood costs the taps little, and the line after it is read.
 */
import type { Readable } from 'node:stream';
import { ReadlineParser } from '@serialport/parser-readline';
import { newestInTurn } from '../../device/kit/newest-in-turn.ts';
import { readPaced } from '../../device/kit/paced-reading.ts';
import { createWatchdog } from '../../device/kit/time.ts';

export interface LineLimits {
  readonly maxLineBytes: number;
  /** Default 200 ms: well above the gaps inside one line at 9600 baud. */
  readonly idleGapMs?: number;
  /** A byte that ends a line as CR and LF do. */
  readonly endByte?: number;
  /** Whether a line that has fallen silent goes on: a second silence of a second then ends it. */
  goesOn?(line: Uint8Array): boolean;
  /** Called after each silence, when the line that it ended has been told. */
  fellSilent?(): void;
  /** Which line of a flood matters more. */
  weight?(line: Uint8Array): number;
  /** Called once for each flood, when lines are dropped. */
  readonly flooded?: (() => void) | undefined;
}

const linesPerS = 1000;
const longGapMs = 1000;
const floodEndsAfterMs = 1000;
const lf = 10;
const cr = 13;

/** @returns stops the reading; nothing is called back afterwards */
export function readLines(stream: Readable, limits: LineLimits, onLine: (line: string) => void): () => void {
  const { maxLineBytes, idleGapMs = 200, endByte = lf, goesOn, fellSilent, weight, flooded } = limits;
  const silence = createWatchdog(idleGapMs, onSilence);
  const longSilence = createWatchdog(longGapMs, endBySilence);
  const flood = createWatchdog(floodEndsAfterMs, () => {
    isFlood = false;
  });
  const parser = new ReadlineParser({ delimiter: '\n', encoding: 'latin1' });
  parser.on('data', onLine);
  const turns = newestInTurn<Buffer>({
    burst: linesPerS,
    perS: linesPerS,
    passOn: ended => parser.write(ended),
    dropped: tellFlood,
    ...(weight && { weight }),
  });
  const line = Buffer.alloc(maxLineBytes + 2);
  let length = 0;
  let isFlood = false;

  function endLine(): void {
    if (length === 0) return;
    line[length++] = lf;
    turns.offer(Buffer.from(line.subarray(0, length)));
    length = 0;
  }

  function onSilence(): void {
    if (length > 0 && goesOn?.(line.subarray(0, length))) longSilence.restart();
    else endBySilence();
  }

  function endBySilence(): void {
    endLine();
    fellSilent?.();
  }

  function tellFlood(): void {
    if (!isFlood) flooded?.();
    isFlood = true;
  }

  function onChunk(chunk: Buffer): void {
    for (const byte of chunk) {
      if (byte === cr || byte === lf || byte === endByte) endLine();
      else if (length <= maxLineBytes) line[length++] = byte;
    }
    longSilence.stop();
    if (length > 0 || fellSilent !== undefined) silence.restart();
    else silence.stop();
    if (isFlood) flood.restart();
  }

  const stopReading = readPaced(stream, onChunk);
  return () => {
    turns.stop();
    silence.stop();
    longSilence.stop();
    flood.stop();
    parser.off('data', onLine);
    stopReading();
  };
}
