/** The values that something has had over time, each with the version of the feed that surely has it. */

export interface Change {
  /** The change is in this version and all later ones. */
  publishedIn(version: number): void;
}

export interface History<T> {
  readonly latest: T;
  /** When the latest value began; -Infinity for the first. */
  readonly changedAt: number;
  /** @param knownVersion a version that is published already, and so does not have the change */
  change(value: T, now: number, knownVersion?: number): Change;
  /** All values that it had at any moment between these, both included. */
  during(from: number, to: number): T[];
  /** All values that a version may have. */
  inVersion(version: number): T[];
  /** All values that this version may have, or a later one published by then. */
  sinceVersion(version: number, by: number): T[];
}

interface Entry<T> {
  readonly value: T;
  readonly from: number;
  readonly notIn: number;
  surelyIn: number;
}

const never = Number.POSITIVE_INFINITY;
const always = Number.NEGATIVE_INFINITY;

export function createHistory<T>(first: T): History<T> {
  let latest: Entry<T> = { value: first, from: always, notIn: always, surelyIn: always };
  const entries = [latest];

  /** Entries that no later entry has surely replaced. */
  const standing = (version: number) =>
    entries.slice(entries.findLastIndex(({ surelyIn }) => surelyIn <= version));

  return {
    get latest() {
      return latest.value;
    },
    get changedAt() {
      return latest.from;
    },
    change(value, now, knownVersion = always) {
      const entry = { value, from: now, notIn: knownVersion, surelyIn: never };
      entries.push(entry);
      latest = entry;
      return {
        publishedIn(version) {
          entry.surelyIn = version;
        },
      };
    },
    during: (from, to) =>
      entries
        .filter((entry, i) => entry.from <= to && (entries[i + 1]?.from ?? never) > from)
        .map(({ value }) => value),
    inVersion: version =>
      standing(version)
        .filter(({ notIn }) => version > notIn)
        .map(({ value }) => value),
    sinceVersion: (version, by) =>
      standing(version)
        .filter(({ from }) => from <= by)
        .map(({ value }) => value),
  };
}
