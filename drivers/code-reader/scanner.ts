/**
 * A scanner module on a serial line (tty or tcp://host:port): each code it reads is one line, or, `encoding: raw`, the code's
 * own bytes.
 *
 * A line ends with CR, LF, CR LF or ETX; line-code.ts tells what it may hold. A silence of 200 ms ends it too, unless it is a
 * ride code that has only begun: that one is waited for. `raw` (raw-codes.ts) is for modules that can print neither hex nor
 * base64. The module must be set to leave the bytes alone: no conversion to UTF-8 or GBK.
 *
 * The module itself prints a code that is held in view once.
 */
import type { Readable } from 'node:stream';
import { parseAddress } from '../../device/kit/address.ts';
import type { CodeReader } from '../../device/ports.ts';
import { type LineLimits, readLines } from '../wire/lines.ts';
import { type SupervisedStream, stayedOpenMs, superviseStream } from '../wire/supervised-stream.ts';
import type { SerialSettings } from '../wire/tty.ts';
import { judgeBeginning, type LineEncoding, lineGoesOn, readLine } from './line-code.ts';
import { presentEach } from './present-each.ts';
import type { Printed } from './printed.ts';
import { readRawCodes } from './raw-codes.ts';

export interface ScannerOptions extends SerialSettings {
  readonly name: string;
  /** tty path or tcp://host:port */
  readonly path: string;
  readonly encoding: LineEncoding | 'raw';
}

/** A ride code is 364 bytes, 728 hex digits. */
const maxLineBytes = 4096;
/** No ride code is shorter in base64, so no shorter line of a flood may take its place. */
const shortestCode = 443;
const etx = 3;

/** @throws DeviceError config when `path` is no address */
export function createScanner({ name, path, encoding, ...serial }: ScannerOptions): CodeReader {
  const source = parseAddress(path);
  let wire: SupervisedStream | undefined;
  let stopPresenting = () => {};
  return {
    name,
    open(events) {
      const { print, stop } = presentEach(events);
      stopPresenting = stop;
      wire = superviseStream({
        ...serial,
        name,
        source,
        readyAfterMs: stayedOpenMs,
        events,
        session: (stream, link) =>
          readCodes(stream, { encoding, flooded: events.flooded }, printed => {
            link.working();
            print(printed);
          }),
      });
    },
    async close() {
      stopPresenting();
      await wire?.close();
    },
  };
}

function readCodes(
  stream: Readable,
  { encoding, flooded }: Pick<ScannerOptions, 'encoding'> & Pick<LineLimits, 'flooded'>,
  onPrinted: (printed: Printed) => void,
): () => void {
  if (encoding === 'raw') return readRawCodes(stream, onPrinted);
  const limits = {
    maxLineBytes,
    endByte: etx,
    flooded,
    goesOn: (line: Uint8Array) => lineGoesOn(Buffer.from(line).toString('latin1')),
    weight: (line: Uint8Array) => Number(line.length >= shortestCode && line.length <= maxLineBytes),
  };
  return readLines(stream, limits, line => {
    const all = line.length > maxLineBytes ? [judgeBeginning(line)] : readLine(line, encoding);
    for (const printed of all) onPrinted(printed);
  });
}
