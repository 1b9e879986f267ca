/**
 * Whether all of a bus's validators have reported, without a gap, what happened on it in a while: only then is somebody who has not
 * tapped off known not to have.
 */
import type Database from 'better-sqlite3';
import type { Run } from '../intake/runs.ts';
import { firstJournal } from '../intake/trips-file.ts';
import type { Retired } from './retired.ts';

export interface Completeness {
  /**
   * @param from, to Unix milliseconds
   * @returns the names of the validators that have not reported it all; none where it is complete
   */
  missing(bus: string, from: number, to: number): readonly string[];
  /** Whether some of it will never be reported, because a validator is gone that has not. */
  isLost(bus: string, from: number, to: number): boolean;
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
  readonly runs: readonly (Run & {
    readonly device: string;
    /** 1 in the first of its journals that is known. */
    readonly isFirst: 0 | 1;
  })[];
}

interface While {
  readonly from: number;
  readonly to: number;
}

/** @param retired whatever was reported of a later time by another journal under that name: one has taken its place */
export function createCompleteness({ posts, runs }: Reported, retired: Retired = new Map()): Completeness {
  const [ofBus, ofDevice, runsOf] = [
    groupBy(posts, 'bus'),
    groupBy(posts, 'device'),
    groupBy(runs, 'device'),
  ];

  /** It is of the bus from its first row there until its first on another one. What it will report of the bus, if anything, is awaited. */
  function isThere({ device, lastAt }: Post, from: number): boolean {
    return !(ofDevice.get(device) ?? []).some(other => other.firstAt > lastAt && other.firstAt <= from);
  }

  /** Before the first row of a later journal there was another one, which may have lost rows. */
  function hasReported({ device }: Post, from: number, to: number): boolean {
    return (runsOf.get(device) ?? []).some(
      ({ isFirst, firstSeq, firstAt, lastAt }) =>
        ((firstSeq === 1 && isFirst === 1) || firstAt <= from) && lastAt > to,
    );
  }

  /** When it was on no bus. Undefined where it was not retired, or reports beyond that: then it was there after all. */
  function absenceOf(device: string): While | undefined {
    const from = retired.get(device);
    const known = runsOf.get(device) ?? [];
    if (from === undefined || known.some(({ firstAt, lastAt }) => firstAt <= from && lastAt > from))
      return undefined;
    const later = known.filter(({ firstAt }) => firstAt > from).map(({ firstAt }) => firstAt);
    return { from, to: Math.min(Number.POSITIVE_INFINITY, ...later) };
  }

  function lacking(bus: string, from: number, to: number): readonly Post[] {
    const there = (ofBus.get(bus) ?? []).filter(post => isThere(post, from));
    return there.filter(post => !hasReported(post, from, to));
  }

  return {
    missing(bus, from, to) {
      const awaited = lacking(bus, from, to).filter(post => {
        const absence = absenceOf(post.device);
        return (
          absence === undefined || (to >= absence.to && !hasReported(post, Math.max(from, absence.to), to))
        );
      });
      return [...new Set(awaited.map(({ device }) => device))];
    },
    isLost(bus, from, to) {
      const absences = lacking(bus, from, to).map(({ device }) => absenceOf(device));
      return absences.some(absence => absence !== undefined && from < absence.from);
    },
  };
}

export function readCompleteness(trips: Database.Database, retired?: Retired): Completeness {
  const posts = trips.prepare<[], Post>(
    `SELECT name AS device, bus, first_at AS firstAt, last_at AS lastAt
     FROM post JOIN device ON device.id = post.device`,
  );
  const runs = trips.prepare<[], Reported['runs'][number]>(
    `SELECT name AS device, ${firstJournal} AS isFirst, first_seq AS firstSeq, last_seq AS lastSeq, first_at AS firstAt, last_at AS lastAt
     FROM run JOIN device ON device.id = run.device ORDER BY id, first_seq`,
  );
  return createCompleteness({ posts: posts.all(), runs: runs.all() }, retired);
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
