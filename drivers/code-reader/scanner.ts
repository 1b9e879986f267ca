/**
 * A scanner module on a serial line (tty or tcp://host:port): each code it reads is one line, or, `encoding: raw`, the code's
 * own bytes.
 *
 * A line ends with CR, LF, CR LF or ETX; line-code.ts tells what it may hold, wrapped-lines.ts what several lines may. A silence
 * of 200 ms ends it too, unless it is a ride code that has only begun: that one is waited for. `raw` (raw-codes.ts) is for modules
 * that can print neither hex nor base64. The module must be set to leave the bytes alone: no conversion to UTF-8 or GBK.
 *
 * The module itself prints a code that is held in view once.
 */
import type { Readable } from 'node:stream';
import type { CodeReader } from '../../device/ports.ts';
import { type LineLimits, readLines } from '../wire/lines.ts';
import { type LineEncoding, lineGoesOn } from './line-code.ts';
import { createModuleReader, type ModuleOptions } from './module-reader.ts';
import type { Printed } from './printed.ts';
import { readRawCodes } from './raw-codes.ts';
import { createWrappedLines } from './wrapped-lines.ts';

export interface ScannerOptions extends ModuleOptions {
  readonly encoding: LineEncoding | 'raw';
}

/** A ride code is 364 bytes, 728 hex digits. */
const maxLineBytes = 4096;
/** No ride code is shorter in base64, so no shorter line of a flood may take its place. */
const shortestCode = 443;
const etx = 3;

/** @throws DeviceError config when `path` is no address */
export function createScanner({ encoding, ...options }: ScannerOptions): CodeReader {
  return createModuleReader(options, (stream, events, onPrinted) =>
    encoding === 'raw'
      ? readRawCodes(stream, onPrinted)
      : readCodeLines(stream, { encoding, flooded: events.flooded }, onPrinted),
  );
}

function readCodeLines(
  stream: Readable,
  { encoding, flooded }: { readonly encoding: LineEncoding } & Pick<LineLimits, 'flooded'>,
  onPrinted: (printed: Printed) => void,
): () => void {
  const wrapped = createWrappedLines({ encoding, maxLineBytes }, onPrinted);
  const limits = {
    maxLineBytes,
    endByte: etx,
    flooded,
    goesOn: (line: Uint8Array) => lineGoesOn(wrapped.begun + Buffer.from(line).toString('latin1')),
    fellSilent: wrapped.end,
    weight: (line: Uint8Array) => Number(line.length >= shortestCode && line.length <= maxLineBytes),
  };
  return readLines(stream, limits, wrapped.line);
}
