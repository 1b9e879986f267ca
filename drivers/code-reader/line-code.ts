/**
 * What a scanner module prints for one code → the code's bytes.
 *
 * A line cannot hold a binary code as it is, so a module that ends its codes with a line end is set to print hex
 * (with or without spaces between the bytes, as Honeywell's hex dump has them) or base64 (standard or URL-safe
 * alphabet, padded or not). `auto` takes either, and lets the text codes of other systems through as their
 * ASCII bytes, so that they can be named rather than called damaged. Which is which is never in doubt for a
 * ride code: it begins with a byte of 0x80 or more, so in hex with 8 to F, in base64 with g to z, a digit or a
 * sign, and it is longer than any payment code.
 *
 * What modules may be set to put around it is left out: control characters (STX, ETX, TAB, NUL) and the AIM symbology
 * identifier of QR codes, `]Q0` to `]Q6` (ISO/IEC 15424).
 */
import { fromHex } from '../../device/core/bytes.ts';

export type LineEncoding = 'hex' | 'base64' | 'auto';

/** @returns what is between the characters that frame it */
export function contentOf(line: string): string {
  let from = 0;
  let to = line.length;
  while (from < to && isFraming(line.charCodeAt(from))) from++;
  while (from < to && isFraming(line.charCodeAt(to - 1))) to--;
  return line.slice(from, to).replace(/^\]Q[0-6]/, '');
}

function isFraming(character: number): boolean {
  return character <= 0x20 || character === 0x7f;
}

/** @returns undefined when the line is no code in this encoding */
export function bytesOfLine(line: string, encoding: LineEncoding): Uint8Array | undefined {
  const text = contentOf(line);
  switch (encoding) {
    case 'hex':
      return fromHexDump(text);
    case 'base64':
      return fromBase64(text);
    case 'auto':
      return looksLikeText(text) ? Buffer.from(text, 'latin1') : (fromHexDump(text) ?? fromBase64(text));
  }
}

function fromHexDump(text: string): Uint8Array | undefined {
  return fromHex(/^[0-9a-f]{2}( [0-9a-f]{2})+$/i.test(text) ? text.replaceAll(' ', '') : text);
}

/** Tencent's codes, UnionPay's digits, and anything with a scheme (https:, weixin:, WIFI:). */
function looksLikeText(text: string): boolean {
  if (!/^[\x20-\x7e]*$/.test(text)) return false;
  return text.startsWith('TX') || /^62\d{0,47}$/.test(text) || /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text);
}

/** Strict where Buffer is lenient: one alphabet, padding absent or whole, no stray bits at the end. */
function fromBase64(text: string): Uint8Array | undefined {
  const standard =
    /[-_]/.test(text) && !/[+/]/.test(text) ? text.replaceAll('-', '+').replaceAll('_', '/') : text;
  const bytes = Buffer.from(standard, 'base64');
  const canonical = bytes.toString('base64');
  return standard === canonical || standard === canonical.replace(/=+$/, '') ? bytes : undefined;
}
