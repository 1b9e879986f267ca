/** Which numbers of each journal have come, and which have not. */
import type Database from 'better-sqlite3';
import type { TapListEntry } from './entry.ts';

/**
 * Rows between others that have not come: on their way still, or lost on the bus. `beforeAt` and `afterAt` are the times of the rows
 * around them, null where those have none that can be believed.
 */
export function gaps(trips: Database.Database): Iterable<TapListEntry> {
  return trips
    .prepare<[], TapListEntry>(
      `SELECT device, epoch, firstSeq, lastSeq, lastSeq - firstSeq + 1 AS missing, beforeAt, afterAt FROM (
         SELECT name AS device, epoch, coalesce(lag(last_seq) OVER journal, 0) + 1 AS firstSeq, first_seq - 1 AS lastSeq,
           nullif(lag(last_at) OVER journal, 0) AS beforeAt, ${believed('first_at')} AS afterAt
         FROM run JOIN device ON device.id = run.device WINDOW journal AS (PARTITION BY run.device ORDER BY first_seq)
       ) WHERE firstSeq <= lastSeq ORDER BY device, epoch, firstSeq`,
    )
    .iterate();
}

/**
 * Up to which row each journal is here without a gap, and up to when: `completeSeq` 0 where not even the first row has come.
 * `lastCameAt` is when the last new row came, null where an earlier version took it.
 */
export function watermarks(trips: Database.Database): Iterable<TapListEntry> {
  return trips
    .prepare<[], TapListEntry>(
      `SELECT name AS device, epoch,
         coalesce(max(last_seq) FILTER (WHERE first_seq = 1), 0) AS completeSeq,
         nullif(max(last_at) FILTER (WHERE first_seq = 1), 0) AS completeAt,
         max(last_seq) AS lastSeq, max(last_seq) - sum(last_seq - first_seq + 1) AS missing, last_came_at AS lastCameAt
       FROM run JOIN device ON device.id = run.device GROUP BY device.id ORDER BY device, epoch`,
    )
    .iterate();
}

/** A run whose times nobody believes begins at the end of time. */
function believed(at: string): string {
  return `nullif(${at}, ${Number.MAX_SAFE_INTEGER})`;
}
