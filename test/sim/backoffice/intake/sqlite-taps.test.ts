/** Taps in the trips' SQLite file, as on one machine. */
import * as assert from 'uvu/assert';
import { createSqliteTaps } from '../../../../sim/backoffice/intake/sqlite-taps.ts';
import { storedColumns, type TapRow } from '../../../../sim/backoffice/intake/tap-row.ts';
import { openTrips } from '../../../../sim/backoffice/intake/trips-file.ts';
import { tapStoreContract } from '../../../contract/tap-store.ts';
import { suite } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { morning, row } from '../settlement/rows.ts';
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

suite('taps in SQLite together', test => {
  test('what comes at once is one commit, in which what cannot be stored costs the others nothing', async context => {
    const trips = openTrips(temporaryDirectory(context));
    context.after(() => trips.close());
    const { take } = createSqliteTaps(trips);
    const portion = (device: string, count: number, of = row(1, morning)) => {
      const rows = Array.from({ length: count }, (_, i) => ({ ...of, seq: i + 1 }));
      return take({ device, epoch: 1, rows, cameAt: morning });
    };
    const broken: TapRow = { ...row(1, morning), reader: Object('no text of SQLite’s') };
    const told = await Promise.allSettled([
      portion('a', 2),
      portion('b', 1, broken),
      portion('c', 5000),
      portion('a', 3),
    ]);
    assert.equal(
      told.map(each => (each.status === 'fulfilled' ? [each.value.new, each.value.known] : 'refused')),
      [[2, 0], 'refused', [5000, 0], [1, 2]],
    );
    assert.is(trips.prepare('SELECT count(*) FROM tap').pluck().get(), 5003);
  });
});
