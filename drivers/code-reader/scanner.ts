/**
 * A scanner module on a serial line (tty or tcp://host:port): each code it reads is one line, or, `encoding: raw`, one
 * burst of bytes.
 *
 * A line ends with CR, LF, CR LF or ETX, and what it may hold is told in line-code.ts. `raw` is for modules that can
 * print neither hex nor base64: the code's bytes as they are, without any prefix or suffix, a silence of 50 ms after
 * them (an FTDI adapter holds bytes back for 16), and so a code at most 20 times a second. The module must be set to
 * leave the bytes alone: no conversion to UTF-8 or GBK.
 *
 * What is no code, or longer than 4 KiB (a ride code is 364 bytes, 728 hex digits), is refused as malformed; a
 * burst of such lines is refused once, or line noise would be thousands of presentations. The module itself sees
 * to it that a code held in view is printed once.
 */
import type { Readable } from 'node:stream';
import type { CodeReader, CodeReaderEvents } from '../../device/ports.ts';
import { parseAddress } from '../address.ts';
import { readLines } from '../serial-line.ts';
import { type SupervisedStream, superviseStream } from '../supervised-stream.ts';
import type { SerialSettings } from '../tty.ts';
import { readBursts } from './bursts.ts';
import { bytesOfLine, contentOf, type LineEncoding } from './line-code.ts';

export interface ScannerOptions extends SerialSettings {
  readonly name: string;
  /** tty path or tcp://host:port */
  readonly path: string;
  readonly encoding: LineEncoding | 'raw';
}

const maxBytes = 4096;
const etx = 3;
const burstGapMs = 50;
const junkBurstMs = 200;
/** A serial-device server whose port is in use accepts the connection and closes it: that is not ready. */
const readyAfterMs = 50;

/** @throws DeviceError config when `path` is no address */
export function createScanner({ name, path, encoding, ...serial }: ScannerOptions): CodeReader {
  const source = parseAddress(path);
  let wire: SupervisedStream | undefined;
  return {
    name,
    open(events) {
      const present = presentEach(events);
      wire = superviseStream({
        ...serial,
        name,
        source,
        readyAfterMs,
        events,
        session: (stream, link) =>
          readCodes(stream, encoding, code => {
            link.working();
            present(code);
          }),
      });
    },
    async close() {
      await wire?.close();
    },
  };
}

/** @param onCode called with undefined for what is none */
function readCodes(
  stream: Readable,
  encoding: ScannerOptions['encoding'],
  onCode: (code: Uint8Array | undefined) => void,
): () => void {
  if (encoding === 'raw') {
    return readBursts(stream, { maxBytes, gapMs: burstGapMs }, bytes =>
      onCode(bytes.length > maxBytes ? undefined : bytes),
    );
  }
  return readLines(stream, { maxLineBytes: maxBytes, endByte: etx }, line => {
    if (contentOf(line) !== '') onCode(line.length > maxBytes ? undefined : bytesOfLine(line, encoding));
  });
}

function presentEach({ presented }: CodeReaderEvents): (code: Uint8Array | undefined) => void {
  let junkAt = Number.NEGATIVE_INFINITY;
  return bytes => {
    if (bytes !== undefined) {
      junkAt = Number.NEGATIVE_INFINITY;
      presented({ bytes });
      return;
    }
    const sameBurst = performance.now() - junkAt < junkBurstMs;
    junkAt = performance.now();
    if (!sameBurst) presented({ refused: 'malformed' });
  };
}
