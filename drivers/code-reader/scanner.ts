/**
 * A scanner module on a serial line (tty or tcp://host:port) that prints each code it reads as one line.
 *
 * A line that is no code, or longer than 4 KiB (a ride code is 364 bytes, 728 hex digits), is refused as
 * malformed; a burst of such lines is refused once, or line noise would be thousands of presentations. The
 * module itself sees to it that a code held in view is printed once.
 */
import type { CodeReader } from '../../device/ports.ts';
import { parseAddress } from '../address.ts';
import { readLines } from '../serial-line.ts';
import { type SupervisedStream, superviseStream } from '../supervised-stream.ts';
import { bytesOfLine, type LineEncoding } from './line-code.ts';

export interface ScannerOptions {
  readonly name: string;
  /** tty path or tcp://host:port */
  readonly path: string;
  readonly baudRate: number;
  readonly encoding: LineEncoding;
}

const maxLineBytes = 4096;
const junkBurstMs = 200;
/** A serial-device server whose port is in use accepts the connection and closes it: that is not ready. */
const readyAfterMs = 50;

/** @throws DeviceError config when `path` is no address */
export function createScanner({ name, path, baudRate, encoding }: ScannerOptions): CodeReader {
  const source = parseAddress(path);
  let wire: SupervisedStream | undefined;
  return {
    name,
    open(events) {
      let junkAt = Number.NEGATIVE_INFINITY;
      const onLine = (line: string) => {
        if (line.trim() === '') return;
        const bytes = line.length > maxLineBytes ? undefined : bytesOfLine(line, encoding);
        if (bytes !== undefined) {
          junkAt = Number.NEGATIVE_INFINITY;
          events.presented({ bytes });
          return;
        }
        const sameBurst = performance.now() - junkAt < junkBurstMs;
        junkAt = performance.now();
        if (!sameBurst) events.presented({ refused: 'malformed' });
      };
      wire = superviseStream({
        name,
        source,
        baudRate,
        readyAfterMs,
        events,
        session: (stream, link) =>
          readLines(stream, { maxLineBytes }, line => {
            link.working();
            onLine(line);
          }),
      });
    },
    async close() {
      await wire?.close();
    },
  };
}
