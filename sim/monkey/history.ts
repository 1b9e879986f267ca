/** What something was in the course of time. */

export interface History<T> {
  readonly latest: T;
  /** When the latest value came to be; -Infinity for the first. */
  readonly changedAt: number;
  change(value: T, now: number): void;
  /** All that it was at any moment from one to the other, both included. */
  during(from: number, to: number): T[];
}

export function createHistory<T>(first: T): History<T> {
  let latest = { value: first, from: Number.NEGATIVE_INFINITY };
  const entries = [latest];
  return {
    get latest() {
      return latest.value;
    },
    get changedAt() {
      return latest.from;
    },
    change(value, now) {
      latest = { value, from: now };
      entries.push(latest);
    },
    during: (from, to) =>
      entries
        .filter((entry, i) => entry.from <= to && (entries[i + 1]?.from ?? Number.POSITIVE_INFINITY) > from)
        .map(({ value }) => value),
  };
}
