/** Whether all rows of a journal that lies here are in the store. */
import Database from 'better-sqlite3';

/** @throws the database's errors */
export function hasCome(trips: Database.Database, path: string): boolean {
  const journal = new Database(path, { readonly: true });
  try {
    const rows = journal.prepare<[], { device: string; count: number }>(
      'SELECT device, (SELECT count(*) FROM tap) AS count FROM owner',
    );
    const { device = '', count = 0 } = rows.get() ?? {};
    // Each row is stored once.
    const stored = trips.prepare<[string], number>(
      `SELECT count(*) FROM device JOIN tap ON tap.id > device.id << 32 AND tap.id < (device.id + 1) << 32
       WHERE name = ?`,
    );
    return stored.pluck().get(device) === count;
  } finally {
    journal.close();
  }
}
