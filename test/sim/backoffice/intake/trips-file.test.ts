/** The trips' file of an earlier version: brought to this one with all that is in it. */
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import {
  journalNames,
  openTrips,
  rowId,
  rowName,
  tripPlaces,
} from '../../../../sim/backoffice/intake/trips-file.ts';
import { suite } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { codeTap, morning, takerOf } from '../settlement/rows.ts';

/** As its first version had it, where it matters. */
function makeFirstVersion(path: string): void {
  const db = new Database(path);
  db.exec(`
    CREATE TABLE device (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE tap (
      id INTEGER PRIMARY KEY,
      event TEXT NOT NULL, of_row INTEGER, at INTEGER NOT NULL, reader TEXT NOT NULL, line TEXT NOT NULL,
      kind TEXT, token BLOB, code_digest BLOB, verdict TEXT NOT NULL, reason TEXT, phase TEXT NOT NULL,
      fare_taken INTEGER NOT NULL, fare_fen INTEGER NOT NULL, checked_row INTEGER, checked_by TEXT,
      card_kind TEXT, bus TEXT, stop TEXT, step TEXT, on_stop TEXT, on_at INTEGER,
      most_fen INTEGER, owed_fen INTEGER, short_fen INTEGER, purchase TEXT, balance_fen INTEGER, card_sequence INTEGER,
      terminal TEXT, terminal_sequence INTEGER, tac BLOB, mac_checked INTEGER
    ) STRICT;
    CREATE TABLE run (
      device INTEGER NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
      first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, PRIMARY KEY (device, first_seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE post (
      device INTEGER NOT NULL, bus TEXT NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
      PRIMARY KEY (device, bus)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE arrival (day INTEGER PRIMARY KEY, rows INTEGER NOT NULL, last_at INTEGER NOT NULL) STRICT;
    INSERT INTO device VALUES (7, 'front');
    INSERT INTO run VALUES (7, 1, 1, ${morning}, ${morning});
    INSERT INTO tap VALUES (
      ${rowId(7, 1)}, 'tap', NULL, ${morning}, 'reader', '2', 'ride-code', x'0000000000000007', zeroblob(8), 'pass', NULL,
      'enforced', 1, 0, NULL, NULL, NULL, 'A1', 's0', 'on', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    );
    PRAGMA application_id = ${0x42545250};
    PRAGMA user_version = 1;
  `);
  db.close();
}

suite('trips file', test => {
  test('rows of the first version are those of each validator’s first journal', async context => {
    const dir = temporaryDirectory(context);
    makeFirstVersion(tripPlaces(dir).trips);
    const trips = openTrips(dir);
    context.after(() => trips.close());
    const takeRows = takerOf(trips);
    const [first, other] = [codeTap(1, morning, 'on', 's0'), codeTap(1, morning, 'on', 's1')];
    assert.equal(await takeRows('front', [first]), { new: 0, known: 1, refused: 0, problems: [] });
    assert.is((await takeRows('front', [other], 2)).new, 1);
    assert.is((await takeRows('rear', [other])).new, 1);
    const names = journalNames(trips);
    const ids = trips.prepare<[], number>('SELECT id FROM tap ORDER BY id').pluck().all();
    assert.equal(
      ids.map(id => rowName(id, names)),
      ['front 1', 'front/2 1', 'rear 1'],
    );
  });
});
