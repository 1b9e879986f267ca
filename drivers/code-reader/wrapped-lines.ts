/**
 * Lines that a module prints → what they hold, where one code may stand on several lines. Modules and terminal servers may break
 * what they print after so many characters.
 *
 * A ride code says itself how long it is. So a line that is the beginning of one waits for the next, and what they are together
 * counts only if it is a whole code. A line that holds a whole code itself waits for nothing.
 */
import {
  contentOf,
  isCutShort,
  judgeBeginning,
  type LineEncoding,
  readLine,
  rideCodesIn,
} from './line-code.ts';
import { code, type Printed } from './printed.ts';

export interface WrappedLines {
  /** A line has ended. */
  line(text: string): void;
  /** What has begun, and may go on; '' for nothing. */
  readonly begun: string;
  /** Nothing more comes. */
  end(): void;
}

export interface WrappedLinesOptions {
  readonly encoding: LineEncoding;
  /** A longer line is not read. */
  readonly maxLineBytes: number;
}

/** More than a ride code needs with two of its bytes on each. */
const mostLines = 256;

export function createWrappedLines(
  { encoding, maxLineBytes }: WrappedLinesOptions,
  onPrinted: (printed: Printed) => void,
): WrappedLines {
  let begun: string[] = [];
  const joined = () => begun.map(contentOf).join('');

  function end(): void {
    const codes = begun.length > 1 ? rideCodesIn(joined()) : [];
    const all = codes.length > 0 ? codes.map(code) : begun.flatMap(line => readLine(line, encoding));
    begun = [];
    for (const printed of all) onPrinted(printed);
  }

  return {
    line(text) {
      if (text.length > maxLineBytes) {
        end();
        onPrinted(judgeBeginning(text));
        return;
      }
      // Without content it is no part of a code, but it may be an answer of the module's. It is not kept: blanks may never end.
      if (contentOf(text) === '') {
        for (const printed of readLine(text, encoding)) onPrinted(printed);
        return;
      }
      // Behind what has only begun, a whole code is somebody else's.
      if (begun.length > 0 && rideCodesIn(text).length > 0) end();
      begun.push(text);
      const all = joined();
      if (begun.length >= mostLines || all.length > maxLineBytes || !isCutShort(all)) end();
    },
    get begun() {
      return joined();
    },
    end,
  };
}
