/**
 * Whether all of a bus's validators have reported, without a gap, what happened on it in a while: only then is somebody who has not
 * tapped off known not to have.
 */
import type Database from 'better-sqlite3';
import type { Run } from '../intake/runs.ts';

export interface Completeness {
  /**
   * @param from, to Unix milliseconds
   * @returns the names of the validators that have not reported it all; none where it is complete
   */
  missing(bus: string, from: number, to: number): readonly string[];
}

/** A time in which a validator has reported from a bus. */
export interface Post {
  readonly device: number;
  readonly bus: string;
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface Reported {
  readonly posts: readonly Post[];
  readonly runs: readonly (Run & { readonly device: number })[];
  readonly names: ReadonlyMap<number, string>;
}

export function createCompleteness({ posts, runs, names }: Reported): Completeness {
  const [ofBus, ofDevice, runsOf] = [
    groupBy(posts, 'bus'),
    groupBy(posts, 'device'),
    groupBy(runs, 'device'),
  ];

  /** It is of the bus from its first row there until its first on another one. What it will report of the bus, if anything, is awaited. */
  function isThere({ device, lastAt }: Post, from: number): boolean {
    return !(ofDevice.get(device) ?? []).some(other => other.firstAt > lastAt && other.firstAt <= from);
  }

  function hasReported({ device }: Post, from: number, to: number): boolean {
    return (runsOf.get(device) ?? []).some(
      ({ firstSeq, firstAt, lastAt }) => (firstSeq === 1 || firstAt <= from) && lastAt > to,
    );
  }

  return {
    missing: (bus, from, to) =>
      (ofBus.get(bus) ?? [])
        .filter(post => isThere(post, from) && !hasReported(post, from, to))
        .map(({ device }) => names.get(device) ?? ''),
  };
}

export function readCompleteness(trips: Database.Database): Completeness {
  const posts = trips
    .prepare<[], Post>('SELECT device, bus, first_at AS firstAt, last_at AS lastAt FROM post')
    .all();
  const runs = trips
    .prepare<[], Run & { device: number }>(
      `SELECT device, first_seq AS firstSeq, last_seq AS lastSeq, first_at AS firstAt, last_at AS lastAt FROM run
       ORDER BY device, first_seq`,
    )
    .all();
  const names = trips.prepare<[], { id: number; name: string }>('SELECT id, name FROM device').all();
  return createCompleteness({ posts, runs, names: new Map(names.map(({ id, name }) => [id, name])) });
}

function groupBy<K extends PropertyKey, V extends Record<K, string | number>>(
  all: readonly V[],
  key: K,
): Map<V[K], V[]> {
  const groups = new Map<V[K], V[]>();
  for (const each of all) {
    const group = groups.get(each[key]);
    if (group === undefined) groups.set(each[key], [each]);
    else group.push(each);
  }
  return groups;
}
