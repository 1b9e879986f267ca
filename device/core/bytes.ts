/** Byte helpers for the core: hex, big-endian numbers, BCD. */

export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

/** @returns undefined when `hex` is not an even number of hex digits */
export function fromHex(hex: string): Uint8Array | undefined {
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) return undefined;
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** Unsigned big-endian number of up to 6 bytes; bytes past the end read as 0. */
export function uintBe(bytes: Uint8Array, offset: number, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) value = value * 256 + (bytes[offset + i] ?? 0);
  return value;
}

/** Unsigned big-endian. @param value a whole number from 0, below 256 ** length */
export function uintBytes(value: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = length - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
  return bytes;
}

/** @returns the decimal digits of BCD bytes, or undefined where a nibble is not a digit */
export function bcdDigits(bytes: Uint8Array): string | undefined {
  const digits = toHex(bytes);
  return /^[0-9]*$/.test(digits) ? digits : undefined;
}

/** @param value a whole number from 0, below 100 ** length. @returns its decimal digits, two in a byte */
export function bcdBytes(value: number, length: number): Uint8Array {
  const digits = String(value).padStart(2 * length, '0');
  return Uint8Array.from({ length }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
