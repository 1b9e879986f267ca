/** Whether all rows of a journal that lies here are in the store. */
import Database from 'better-sqlite3';

/** @throws the database's errors */
export function hasCome(trips: Database.Database, path: string): boolean {
  const journal = new Database(path, { readonly: true });
  try {
    const rows = journal.prepare<[], { device: string; epoch: number; first: number; count: number }>(
      'SELECT device, epoch, min(seq) AS first, count(seq) AS count FROM owner LEFT JOIN row',
    );
    const { device = '', epoch = 0, first = 0, count = 0 } = rows.get() ?? {};
    // Each row is stored once; those that are stored and no more here have lower numbers.
    const stored = trips.prepare<[number, string, number], number>(
      `SELECT count(*) FROM device JOIN tap ON tap.id >= (device.id << 32) + ? AND tap.id < (device.id + 1) << 32
       WHERE name = ? AND epoch = ?`,
    );
    return stored.pluck().get(first ?? 0, device, epoch) === count;
  } finally {
    journal.close();
  }
}
