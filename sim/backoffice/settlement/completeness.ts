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

/** A time in which a validator has reported from a bus, in one of its journals. */
export interface Post {
  readonly device: string;
  readonly bus: string;
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface Reported {
  readonly posts: readonly Post[];
  readonly runs: readonly (Run & { readonly device: string; readonly epoch: number })[];
}

export function createCompleteness({ posts, runs }: Reported): Completeness {
  const [ofBus, ofDevice, runsOf] = [
    groupBy(posts, 'bus'),
    groupBy(posts, 'device'),
    groupBy(runs, 'device'),
  ];

  /** It is of the bus from its first row there until its first on another one. What it will report of the bus, if anything, is awaited. */
  function isThere({ device, lastAt }: Post, from: number): boolean {
    return !(ofDevice.get(device) ?? []).some(other => other.firstAt > lastAt && other.firstAt <= from);
  }

  /** Before the first row of a later epoch there was another journal, which may have been lost. */
  function hasReported({ device }: Post, from: number, to: number): boolean {
    return (runsOf.get(device) ?? []).some(
      ({ epoch, firstSeq, firstAt, lastAt }) =>
        ((firstSeq === 1 && epoch === 1) || firstAt <= from) && lastAt > to,
    );
  }

  return {
    missing(bus, from, to) {
      const there = (ofBus.get(bus) ?? []).filter(post => isThere(post, from));
      return [...new Set(there.filter(post => !hasReported(post, from, to)).map(({ device }) => device))];
    },
  };
}

export function readCompleteness(trips: Database.Database): Completeness {
  const posts = trips.prepare<[], Post>(
    `SELECT name AS device, bus, first_at AS firstAt, last_at AS lastAt
     FROM post JOIN device ON device.id = post.device`,
  );
  const runs = trips.prepare<[], Reported['runs'][number]>(
    `SELECT name AS device, epoch, first_seq AS firstSeq, last_seq AS lastSeq, first_at AS firstAt, last_at AS lastAt
     FROM run JOIN device ON device.id = run.device ORDER BY id, first_seq`,
  );
  return createCompleteness({ posts: posts.all(), runs: runs.all() });
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
