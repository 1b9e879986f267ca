/**
 * What a scanner module prints for one code → the code's bytes.
 *
 * Modules cannot print binary codes as they are, so they are set to print hex or base64 (standard or URL-safe
 * alphabet, padded or not). `auto` takes either, and lets the text codes of other systems through as their
 * ASCII bytes, so that they can be named rather than called damaged. Which is which is never in doubt for a
 * ride code: it begins with a byte of 0x80 or more, so in hex with 8 to F, in base64 with g to z, a digit or a
 * sign, and it is longer than any payment code.
 */
import { fromHex } from '../../device/core/bytes.ts';

export type LineEncoding = 'hex' | 'base64' | 'auto';

/** @returns undefined when the line is no code in this encoding */
export function bytesOfLine(line: string, encoding: LineEncoding): Uint8Array | undefined {
  const text = line.trim();
  switch (encoding) {
    case 'hex':
      return fromHex(text);
    case 'base64':
      return fromBase64(text);
    case 'auto':
      return looksLikeText(text) ? Buffer.from(text, 'latin1') : (fromHex(text) ?? fromBase64(text));
  }
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
