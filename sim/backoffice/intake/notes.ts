/** What is known of rows as a whole: which have come, which bus their validator is on, which days have changed. */
import type Database from 'better-sqlite3';
import { dayOf } from '../settlement/days.ts';
import { createRuns, type Run } from './runs.ts';
import type { TapRow } from './tap-row.ts';

/** A clock may run ahead of the office's by so much, and what it says is still believed. */
export const clockToleranceMs = 10 * 60_000;

export function createNotes(db: Database.Database) {
  const runsOf = db.prepare<[number], Run>(
    'SELECT first_seq AS firstSeq, last_seq AS lastSeq, first_at AS firstAt, last_at AS lastAt FROM run WHERE device = ? ORDER BY first_seq',
  );
  const clear = db.prepare('DELETE FROM run WHERE device = ?');
  const putRun = db.prepare('INSERT INTO run VALUES (?, ?, ?, ?, ?)');
  const putPost = db.prepare(
    `INSERT INTO post VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
     SET first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`,
  );
  const putArrival = db.prepare(
    'INSERT INTO arrival VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET rows = rows + excluded.rows, last_at = excluded.last_at',
  );
  const putCame = db.prepare('UPDATE device SET last_came_at = ? WHERE id = ?');
  return {
    begin(journal: number, cameAt: number) {
      const runs = createRuns(runsOf.all(journal), cameAt + clockToleranceMs);
      const posts = new Map<string, [first: number, last: number]>();
      const days = new Map<number, number>();
      return {
        /** One that was not there yet. */
        row({ seq, at, bus }: TapRow): void {
          runs.add(seq, at);
          const [first, last] = posts.get(bus ?? '') ?? [at, at];
          if (bus !== null) posts.set(bus, [Math.min(first, at), Math.max(last, at)]);
          days.set(dayOf(at), (days.get(dayOf(at)) ?? 0) + 1);
        },
        end(): void {
          if (days.size === 0) return;
          clear.run(journal);
          for (const { firstSeq, lastSeq, firstAt, lastAt } of runs.all)
            putRun.run(journal, firstSeq, lastSeq, firstAt, lastAt);
          for (const [bus, [first, last]] of posts) putPost.run(journal, bus, first, last);
          for (const [day, rows] of days) putArrival.run(day, rows, cameAt);
          putCame.run(cameAt, journal);
        },
      };
    },
  };
}
