/** How cards and codes write things down: BCD, BER-TLV (ISO/IEC 7816-4), big-endian numbers, the ATR. */
import { concatBytes, fromHex, uintBytes as plainUintBytes } from '../../device/core/bytes.ts';

/** Throws RangeError when `hex` is not hex. */
export function hexBytes(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (!bytes) throw new RangeError(`"${hex}" is not hex`);
  return bytes;
}

/** Throws RangeError when `bytes` has another length. */
export function exactly(length: number, what: string, bytes: Uint8Array): Uint8Array {
  if (bytes.length !== length) throw new RangeError(`${what}: ${length} bytes expected, not ${bytes.length}`);
  return bytes;
}

export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Unsigned big-endian; throws RangeError when `value` does not fit. */
export function uintBytes(value: number, length: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value >= 256 ** length) {
    throw new RangeError(`${value} is not an unsigned number of ${length} bytes`);
  }
  return plainUintBytes(value, length);
}

/** `count` decimal digits, an even number of them, two to a byte. */
export function bcd(digits: string, count: number): Uint8Array {
  if (digits.length !== count || !/^[0-9]*$/.test(digits)) {
    throw new RangeError(`"${digits}" is not ${count} decimal digits`);
  }
  return hexBytes(digits);
}

/** @param date YYYY-MM-DD */
export function bcdDate(date: string): Uint8Array {
  return bcd(date.replaceAll('-', ''), 8);
}

/** One BER-TLV data object with its parts as value; `tag` in hex, lengths up to 255. */
export function tlv(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const value = concatBytes(...parts);
  const length = value.length < 0x80 ? [value.length] : [0x81, value.length];
  return concatBytes(hexBytes(tag), Uint8Array.from(length), value);
}

/**
 * The ATR a PC/SC reader makes up for a contactless card (PC/SC part 3): the historical bytes between a fixed
 * head and TCK, the exclusive-or of everything after the first byte.
 */
export function contactlessAtr(historical: Uint8Array): Uint8Array {
  const body = concatBytes(Uint8Array.of(0x80 | historical.length, 0x80, 0x01), historical);
  const check = body.reduce((sum, byte) => sum ^ byte, 0);
  return concatBytes(Uint8Array.of(0x3b), body, Uint8Array.of(check));
}

/** The ATR of a card with contacts that speaks T=0 (ISO/IEC 7816-3). @param historical at most 15 bytes */
export function contactAtr(historical: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(0x3b, historical.length), historical);
}
