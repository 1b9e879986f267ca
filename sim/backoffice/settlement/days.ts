/** Beijing's days as numbers: what is settled, and how it is named. */
import { WrongUsage } from '../../../device/kit/errors.ts';

const dayMs = 86_400_000;
const offsetMs = 8 * 3_600_000;

/** @param at Unix milliseconds. @returns days of Beijing since 1970-01-01 */
export function dayOf(at: number): number {
  return Math.floor((at + offsetMs) / dayMs);
}

/** @returns Unix milliseconds */
export function startOfDay(day: number): number {
  return day * dayMs - offsetMs;
}

/** @param name YYYY-MM-DD. @returns Unix milliseconds; `to` is beyond. @throws WrongUsage for what is no date */
export function spanOfDay(name: string): { readonly from: number; readonly to: number } {
  const day = dayNamed(name);
  return { from: startOfDay(day), to: startOfDay(day + 1) };
}

/** YYYY-MM-DD */
export function dayName(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** @throws WrongUsage for what is no date */
export function dayNamed(name: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(name) ? Date.parse(`${name}T00:00:00Z`) : Number.NaN;
  // 2022-02-30 would be the 2nd of March.
  if (Number.isNaN(at) || dayName(at / dayMs) !== name) throw new WrongUsage(`${name}: a day is YYYY-MM-DD`);
  return at / dayMs;
}
