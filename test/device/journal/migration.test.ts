import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { openJournal } from '../../../device/journal/journal.ts';
import { closeOldPurchases } from '../../../device/journal/journal-guard.ts';
import { decodeRow } from '../../../device/journal/row-text.ts';
import { newPrivateKey, publicKeyOf } from '../../../sync/keys/device-key.ts';
import { openRowSealer } from '../../../sync/uplink/row-sealer.ts';
import { createRowOpener } from '../../../sync/uplink/sealed-row.ts';
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

/** What version 3 brought, and a purchase that is open. */
const version3 = `
  ${[
    "event TEXT NOT NULL DEFAULT 'tap'",
    ...['of_row', 'on_at', 'most_fen', 'owed_fen', 'short_fen', 'balance_fen', 'card_sequence'],
    ...[
      'terminal_sequence',
      'mac_checked',
      'card_kind',
      'bus',
      'stop',
      'step',
      'on_stop',
      'purchase',
      'terminal',
      'tac',
    ],
  ]
    .map(column => `ALTER TABLE tap ADD COLUMN ${column.includes(' ') ? column : `${column} ANY`};`)
    .join('')}
  CREATE TABLE open_purchase (row INTEGER PRIMARY KEY, token BLOB NOT NULL, type TEXT NOT NULL, sequence INTEGER NOT NULL) STRICT;
  CREATE INDEX tap_of_row ON tap (of_row) WHERE of_row IS NOT NULL;
  UPDATE tap SET purchase = 'begun', terminal = '110000000042', card_sequence = 5 WHERE seq = 2;
  INSERT INTO open_purchase VALUES (2, x'0102030405060708', 'plain', 5);
  PRAGMA user_version = 3;
`;
const token = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

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
      const journal = openJournal(path, 'bus-1', { clock: () => 3000 });
      assert.equal([journal.lost, journal.epoch], [undefined, 1]);
      assert.is(journal.ridesSince(0).length, seq - 1);
      const confirmation = { by: { card: '00112233445566ff' }, row: 2, isPaid: false };
      const decision = { ...journalEntry().decision, confirmation };
      assert.is(journal.append(journalEntry({ at: 3000, decision })), seq);
      assert.equal(
        journal.newest(9).map(({ checkedRow, checkedBy }) => [checkedRow, checkedBy]),
        [...Array.from({ length: seq - 2 }, () => [2, '00112233445566ff']), [null, null], [null, null]],
      );
      assert.is(journal.count().rows, seq);
      journal.close();
    }
  });

  test('its rows are sealed once there is a key, and nothing of them is left in clear', async context => {
    const path = olderJournal(context);
    const db = new Database(path);
    const add = db.prepare(
      "INSERT INTO tap (at, reader, line, kind, token, code_digest, verdict, phase, fare_taken, fare_fen) VALUES (?, 'card', '2', 'ride-code', x'0102030405060708', x'a1a2a3a4a5a6a7a8', 'pass', 'enforced', 1, 100)",
    );
    for (let at = 3000; at < 3500; at++) add.run(at);
    db.close();
    const key = newPrivateKey();
    const sealer = await openRowSealer(publicKeyOf(key));
    const journal = openJournal(path, 'bus-1', { sealer, clock: () => 4000 });
    context.after(() => journal.close());
    const opener = createRowOpener();
    for (let seq = 0; seq < 502; ) {
      const rows = journal.rowsAfter(seq, 100);
      assert.is(rows[0]?.seq, seq + 1);
      for (const row of rows) {
        const place = { device: 'bus-1', epoch: 1, seq: row.seq };
        const plain = decodeRow(await opener.open(row.sealed, place, row.keyId, key));
        assert.equal([plain.seq, plain.verdict, plain.token], [row.seq, 'pass', token]);
      }
      seq += rows.length;
    }
    await journal.check();
    // SQLite's own log is emptied by the next opening at the latest.
    openJournal(path, 'bus-1', { sealer, clock: () => 4000 }).close();
    for (const end of ['', '-wal'].filter(each => existsSync(`${path}${each}`))) {
      const bytes = readFileSync(`${path}${end}`);
      for (const secret of [token, Buffer.from('0102030405060708'), Buffer.from('a1a2a3a4a5a6a7a8', 'hex')])
        assert.is(bytes.indexOf(secret), -1, end);
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
    const first = openJournal(path, 'bus-1', { clock: () => 3000 });
    assert.is(first.append(journalEntry({ token, purchase })), 3);
    assert.is(first.append(journalEntry({ at: 1000, token, purchase: { ...purchase, sequence: 8 } })), 4);
    const paid = {
      at: 9,
      row: 3,
      outcome: 'paid',
      tac: Uint8Array.of(1, 2, 3, 4),
      isMacRight: true,
    } as const;
    assert.is(first.conclude(paid), 5);
    assert.throws(() => first.conclude(paid), /no row 3 to conclude/);
    assert.throws(() => first.conclude({ at: 9, row: 99, outcome: 'paid' }), /no row 99/);
    first.close();
    const journal = openJournal(path, 'bus-1', { clock: () => 3000 });
    context.after(() => journal.close());
    const [open] = journal.openPurchases(token);
    assert.equal(
      [open?.row, open?.at, open?.type, open?.sequence, open?.terminal],
      [4, 1000, 'compound', 8, '110000000042'],
    );
    assert.equal(journal.openPurchases(Uint8Array.of(1)), []);
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

  test('with purchases of its own that are open', context => {
    const path = olderJournal(context);
    const db = new Database(path);
    db.exec(
      `ALTER TABLE tap ADD COLUMN checked_row INTEGER; ALTER TABLE tap ADD COLUMN checked_by TEXT; ${version3}`,
    );
    db.close();
    const journal = openJournal(path, 'bus-1', { clock: () => 3000 });
    context.after(() => journal.close());
    const [open] = journal.openPurchases(token);
    assert.equal([open?.row, open?.at, open?.sequence, open?.terminal], [2, 2000, 5, '110000000042']);
    assert.is(journal.conclude({ at: 9, row: 2, outcome: 'paid' }), 3);
  });

  test('another device’s and a later firmware’s stay as they are; half of one leaves nothing half done', context => {
    assert.throws(() => openJournal(olderJournal(context), 'bus-2'), /belongs to device bus-1/);
    const later = olderJournal(context, 'PRAGMA user_version = 6');
    assert.throws(() => openJournal(later, 'bus-1'), /schema 6, this firmware knows 4/);
    const half = olderJournal(context, 'ALTER TABLE tap ADD COLUMN checked_by TEXT');
    assert.throws(() => openJournal(half, 'bus-1'), /duplicate column/);
    const db = new Database(half, { readonly: true });
    context.after(() => db.close());
    assert.is(db.pragma('user_version', { simple: true }), 1);
    const columns = db.prepare("SELECT name FROM pragma_table_info('tap')").pluck().all();
    assert.not.ok(columns.includes('checked_row'), 'nothing is half done');
  });
});
