/** Beijing's time, UTC+8 all year: what cards, certificates and crews count in. */

const offsetMs = 8 * 3_600_000;

/** @param at Unix milliseconds. @returns YYYY-MM-DD, empty where that is no time */
export function beijingDay(at: number): string {
  return iso(at).slice(0, 10);
}

/** To the second, as the crew's watches show it. @param at Unix milliseconds */
export function beijingTime(at: number): string {
  const text = iso(at);
  return text === '' ? 'no time' : `${text.slice(0, 19).replace('T', ' ')} +08:00`;
}

/** @param at Unix milliseconds. @returns HH:MM, empty where that is no time */
export function beijingMinute(at: number): string {
  return iso(at).slice(11, 16);
}

/** As cards have it. @param at Unix milliseconds. @returns 7 bytes of BCD, YYYYMMDDhhmmss; zeros where that is no time */
export function beijingTimeBytes(at: number): Uint8Array {
  const digits = iso(at).replace(/\D/g, '');
  return Uint8Array.from({ length: 7 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

function iso(at: number): string {
  const time = new Date(at + offsetMs);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString();
}
