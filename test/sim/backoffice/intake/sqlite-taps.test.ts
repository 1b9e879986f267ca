/** Taps in the trips' SQLite file, as on one machine. */
import { createSqliteTaps } from '../../../../sim/backoffice/intake/sqlite-taps.ts';
import { storedColumns, type TapRow } from '../../../../sim/backoffice/intake/tap-row.ts';
import { openTrips } from '../../../../sim/backoffice/intake/trips-file.ts';
import { tapStoreContract } from '../../../contract/tap-store.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { plainRow } from './plain-row.ts';

tapStoreContract('SQLite', async () => async context => {
  const dir = temporaryDirectory(context);
  const open = () => {
    const trips = openTrips(dir);
    context.after(() => trips.close());
    return trips;
  };
  const stored = open().prepare<[string, number], TapRow>(
    `SELECT tap.id % 4294967296 AS seq, ${storedColumns.join(', ')} FROM tap JOIN device ON device.id = tap.id >> 32
     WHERE name = ? AND epoch = ? ORDER BY tap.id`,
  );
  return {
    open: async () => createSqliteTaps(open()),
    stored: async (device, epoch = 1) => stored.all(device, epoch).map(plainRow),
  };
});
