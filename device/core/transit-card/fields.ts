/** Field decoding shared by the card layouts. */
import { bcdDigits, uintBe } from '../bytes.ts';

/** @returns YYYY-MM-DD from 4 bytes of BCD YYYYMMDD, or undefined where that is no day of the calendar */
export function bcdDate(bytes: Uint8Array): string | undefined {
  const digits = bcdDigits(bytes);
  if (digits?.length !== 8) return undefined;
  const iso = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
  const day = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== iso ? undefined : iso;
}

/** @returns fen from a 4-byte balance answer, or undefined for an answer of another length */
export function balanceFen(data: Uint8Array): number | undefined {
  return data.length === 4 ? uintBe(data, 0, 4) : undefined;
}
