/**
 * Byte stream → lines of text, for devices that print.
 *
 * CR, LF and CRLF all end a line, and so does a silence with a line begun: noise without an end never swallows
 * what is sent after it. The lines are latin1, one character per byte, so that binary junk comes through as it
 * is; empty lines are left out, and so is a line cut short by the wire's own end.
 *
 * The parser keeps everything up to the next line end, however long: the guard before it lets at most
 * `maxLineBytes` + 1 bytes of each line through, the one byte so that an overlong line can be told.
 */
import { type Readable, Transform } from 'node:stream';
import { ReadlineParser } from '@serialport/parser-readline';
import { listenForSilence } from './silence.ts';

export interface LineLimits {
  readonly maxLineBytes: number;
  /** Default 200 ms: well above the gaps inside one line at 9600 baud. */
  readonly idleGapMs?: number;
  /** A byte that ends a line as CR and LF do. */
  readonly endByte?: number;
}

/** @returns stops the reading; nothing is called back afterwards */
export function readLines(stream: Readable, limits: LineLimits, onLine: (line: string) => void): () => void {
  const { maxLineBytes, idleGapMs = 200, endByte = lf } = limits;
  const clip = createClip(maxLineBytes, endByte);
  const silence = listenForSilence(idleGapMs, () => guard.push(clip(lineFeed).clipped));
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const { clipped, lineBegun } = clip(chunk);
      if (lineBegun) silence.broken();
      else silence.stop();
      done(null, clipped);
    },
  });
  const parser = new ReadlineParser({ delimiter: '\n', encoding: 'latin1' });
  parser.on('data', onLine);
  guard.pipe(parser);
  stream.pipe(guard, { end: false });
  return () => {
    silence.stop();
    stream.unpipe(guard);
    parser.off('data', onLine);
    stream.resume();
  };
}

const lf = 10;
const cr = 13;
const lineFeed = Buffer.of(lf);

/** Every line end becomes one LF, and every line at most `maxLineBytes` + 1 long. */
function createClip(maxLineBytes: number, endByte: number) {
  let lineBytes = 0;
  let afterCr = false;
  return (chunk: Buffer) => {
    const clipped = Buffer.allocUnsafe(chunk.length);
    let length = 0;
    for (const byte of chunk) {
      const secondOfCrLf = afterCr && byte === lf;
      afterCr = byte === cr;
      if (secondOfCrLf) continue;
      if (byte === cr || byte === lf || byte === endByte) {
        clipped[length++] = lf;
        lineBytes = 0;
      } else if (lineBytes <= maxLineBytes) {
        clipped[length++] = byte;
        lineBytes++;
      }
    }
    return { clipped: clipped.subarray(0, length), lineBegun: lineBytes > 0 };
  };
}
