/** Instants as ISO 8601, whatever the number: dates from outside may be none. */

/** @param at Unix milliseconds. @returns `no time` for what no calendar has */
export function isoTime(at: number): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? 'no time' : time.toISOString();
}
