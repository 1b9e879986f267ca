/** How many taps a validator's journal has, read beside the firmware as a technician's notebook would. */
import Database from 'better-sqlite3';

export interface JournalCounts {
  readonly rows: number;
  readonly byVerdict: Readonly<Record<string, number>>;
}

/** @throws SQLite's error when there is no journal there, or none that can be read */
export function countJournal(file: string): JournalCounts {
  const db = new Database(file, { readonly: true, timeout: 1000 });
  try {
    const counts = db
      .prepare<[], { verdict: string; rows: number }>(
        "SELECT verdict, count(*) AS rows FROM tap WHERE event = 'tap' GROUP BY verdict",
      )
      .all();
    return {
      rows: counts.reduce((sum, { rows }) => sum + rows, 0),
      byVerdict: Object.fromEntries(counts.map(({ verdict, rows }) => [verdict, rows])),
    };
  } finally {
    db.close();
  }
}
