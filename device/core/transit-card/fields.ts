/** Field decoding shared by the card layouts. */
import { bcdDigits, toHex, uintBe } from '../bytes.ts';
import type { ApduResponse } from './apdu.ts';
import { type CardReading, unreadable } from './reading.ts';
import { atLeast, notEnough } from './status.ts';

/** The most that a purse can hold, in fen: what the law allows on a prepaid card that names its holder (5,000 yuan). */
const maxPurseFen = 500_000;

const amountBytes = 4;

/**
 * @returns YYYY-MM-DD from 4 bytes of BCD YYYYMMDD, or undefined where that is no day of the calendar. A date that is not
 * set is before all days (00000000) or after them (FFFFFFFF), as its bytes are.
 */
export function bcdDate(bytes: Uint8Array): string | undefined {
  if (bytes.length === 4 && bytes.every(byte => byte === 0x00)) return '0001-01-01';
  if (bytes.length === 4 && bytes.every(byte => byte === 0xff)) return '9999-12-31';
  const digits = bcdDigits(bytes);
  if (digits?.length !== 8) return undefined;
  const iso = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
  const day = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== iso ? undefined : iso;
}

/** @returns Unix milliseconds from 7 bytes of BCD YYYYMMDDhhmmss in Beijing's time, or undefined where that is no time: zeros are none */
export function bcdTime(bytes: Uint8Array): number | undefined {
  if (bytes.every(byte => byte === 0x00)) return undefined;
  const day = bcdDate(bytes.subarray(0, 4));
  const digits = bcdDigits(bytes.subarray(4, 7));
  if (day === undefined || digits?.length !== 6) return undefined;
  const at = Date.parse(`${day}T${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4)}+08:00`);
  return Number.isNaN(at) ? undefined : at;
}

/**
 * A number written as BCD and padded with F at its end (EMV's format cn).
 * @param drop a number that fills the field has one nibble too many, its first
 * @returns undefined for what is no number of `min` digits or more
 */
export function paddedNumber(bytes: Uint8Array, min: number, drop: boolean): string | undefined {
  const padded = toHex(bytes);
  const nibbles = padded.replace(/f+$/, '');
  const isFull = nibbles.length === padded.length;
  const digits = drop && (isFull || /^[0f]/.test(nibbles)) ? nibbles.slice(1) : nibbles;
  return /^\d+$/.test(digits) && digits.length >= min ? digits : undefined;
}

/** @returns fen from 4 bytes, the top bit of which says nothing, or undefined for more than a purse can hold */
export function amountFen(bytes: Uint8Array): number | undefined {
  const fen = uintBe(bytes, 0, amountBytes) % 0x8000_0000;
  return fen > maxPurseFen ? undefined : fen;
}

/** @param answer to GET BALANCE. @returns fen, or why there is no amount */
export function amountIn(what: string, answer: ApduResponse): number | CardReading {
  const data = atLeast(amountBytes, answer);
  if (data === undefined) return notEnough(what, answer);
  return amountFen(data) ?? unreadable(`${what} is above what a purse can hold`);
}
