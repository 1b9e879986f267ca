import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { openJournal } from '../../../device/journal/journal.ts';
import { closeOldPurchases } from '../../../device/journal/journal-guard.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { journalEntry } from './journal-entry.ts';

/** The tables as version 0.3.0 made them. */
const version1 = `
  CREATE TABLE owner (id INTEGER PRIMARY KEY CHECK (id = 1), device TEXT NOT NULL, probed_at INTEGER NOT NULL) STRICT;
  CREATE TABLE tap (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    reader TEXT NOT NULL,
    line TEXT NOT NULL,
    kind TEXT,
    token BLOB,
    code_digest BLOB,
    verdict TEXT NOT NULL,
    reason TEXT,
    phase TEXT NOT NULL,
    fare_taken INTEGER NOT NULL,
    fare_fen INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX tap_at ON tap (at);
  INSERT INTO owner VALUES (1, 'bus-1', 0);
  PRAGMA application_id = 1180060236;
  PRAGMA user_version = 1;
`;

function olderJournal(context: TestContext, change = ''): string {
  const path = join(temporaryDirectory(context), 'journal.sqlite');
  const db = new Database(path);
  db.exec(version1);
  const insert = db.prepare(
    "INSERT INTO tap (at, reader, line, kind, token, verdict, phase, fare_taken, fare_fen) VALUES (?, 'card', '2', 't-union', x'0102030405060708', 'pass', 'enforced', 1, 100)",
  );
  for (const at of [1000, 2000]) insert.run(at);
  db.exec(change);
  db.close();
  return path;
}

suite('the journal of an earlier firmware', test => {
  test('is opened with all its rows, and goes on', context => {
    const path = olderJournal(context);
    for (const seq of [3, 4]) {
      const journal = openJournal(path, 'bus-1');
      assert.is(journal.lost, undefined);
      assert.is(journal.ridesSince(0).length, seq - 1);
      const confirmation = { by: { card: '00112233445566ff' }, row: 2, isPaid: false };
      const decision = { ...journalEntry().decision, confirmation };
      assert.is(journal.append(journalEntry({ decision })), seq);
      assert.equal(
        journal.newest(9).map(({ checkedRow, checkedBy }) => [checkedRow, checkedBy]),
        [...Array.from({ length: seq - 2 }, () => [2, '00112233445566ff']), [null, null], [null, null]],
      );
      journal.close();
    }
  });

  test('purchases too: begun, ended, and open over a restart', context => {
    const path = olderJournal(context);
    const purchase = {
      type: 'compound',
      amountFen: 150,
      balanceFen: 900,
      sequence: 7,
      terminalSequence: 3,
      terminal: '110000000042',
    } as const;
    const token = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const first = openJournal(path, 'bus-1');
    assert.is(first.append(journalEntry({ token, purchase })), 3);
    assert.is(first.append(journalEntry({ at: 1000, token, purchase: { ...purchase, sequence: 8 } })), 4);
    assert.is(
      first.conclude({ at: 9, row: 3, outcome: 'paid', tac: Uint8Array.of(1, 2, 3, 4), isMacRight: true }),
      5,
    );
    assert.throws(() => first.conclude({ at: 9, row: 99, outcome: 'paid' }), /no row 99/);
    first.close();
    const journal = openJournal(path, 'bus-1');
    context.after(() => journal.close());
    assert.equal(journal.openPurchases(token), [
      { row: 4, at: 1000, type: 'compound', sequence: 8, terminal: '110000000042' },
    ]);
    assert.is(journal.newest(9).length, 4, 'taps alone');
    assert.equal(journal.count(), { rows: 4, openPurchases: 1, lastSeq: 5, lost: 0 });
    assert.equal(
      journal.newest(2).map(({ purchase }) => purchase),
      ['begun', 'paid'],
    );
    assert.is(journal.ridesSince(0).length, 3, 'a purchase that may not have been paid is no ride yet');
    closeOldPurchases(() => 31 * 86_400_000)(journal);
    assert.equal(journal.openPurchases(token), []);
  });

  test('another device’s, a later firmware’s and a damaged one stay as they are', context => {
    assert.throws(() => openJournal(olderJournal(context), 'bus-2'), /belongs to device bus-1/);
    const later = olderJournal(context, 'PRAGMA user_version = 4');
    assert.throws(() => openJournal(later, 'bus-1'), /schema 4, this firmware knows 3/);
    const foreign = olderJournal(context, 'PRAGMA application_id = 5');
    assert.throws(() => openJournal(foreign, 'bus-1'), /not a journal/);
    const half = olderJournal(context, 'ALTER TABLE tap ADD COLUMN checked_by TEXT');
    assert.throws(() => openJournal(half, 'bus-1'), /duplicate column/);
    const db = new Database(half, { readonly: true });
    context.after(() => db.close());
    assert.is(db.pragma('user_version', { simple: true }), 1);
    const columns = db.prepare("SELECT name FROM pragma_table_info('tap')").pluck().all();
    assert.not.ok(columns.includes('checked_row'), 'nothing is half done');
  });
});
