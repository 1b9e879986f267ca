/** What journals say that cards have paid; a purchase without an end is known by the card's counter. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { paidInJournals } from '../../../sim/backoffice/journal-payments.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

type Begun = readonly [
  token: string,
  sequence: number,
  fareFen: number,
  end?: 'paid' | 'not-paid' | 'unknown',
];

function journal(context: TestContext, begun: readonly Begun[]): string {
  const file = join(temporaryDirectory(context), 'journal.sqlite');
  const db = new Database(file);
  db.exec(`CREATE TABLE tap (seq INTEGER PRIMARY KEY, event TEXT, of_row INTEGER, token BLOB, fare_fen INTEGER,
    card_sequence INTEGER, purchase TEXT)`);
  const add = db.prepare(
    'INSERT INTO tap (event, of_row, token, fare_fen, card_sequence, purchase) VALUES (?, ?, ?, ?, ?, ?)',
  );
  for (const [token, sequence, fareFen, end] of begun) {
    const { lastInsertRowid } = add.run('tap', null, Buffer.from(token), fareFen, sequence, 'begun');
    if (end !== undefined) add.run('purchase', lastInsertRowid, Buffer.from(token), fareFen, sequence, end);
  }
  add.run('tap', null, Buffer.from('refused'), 0, null, null);
  db.close();
  return file;
}

suite('payments in the journals of a bus', test => {
  test('paid, not paid, and what the counter tells where nobody wrote the end', context => {
    const front = journal(context, [
      ['a', 0, 100, 'paid'],
      ['a', 1, 10],
      ['b', 0, 1000],
      ['b', 0, 1000, 'paid'],
      ['c', 4, 7, 'not-paid'],
      ['c', 4, 5],
      ['d', 9, 3, 'unknown'],
    ]);
    const rear = journal(context, [
      ['a', 2, 100, 'paid'],
      ['c', 5, 2, 'paid'],
      ['e', 0, 1],
    ]);
    assert.equal(paidInJournals([front, rear]), { paidFen: 100 + 10 + 1000 + 5 + 100 + 2, unknown: 2 });
  });

  test('two purchases at one counter, neither with an end: one of them was paid, and nobody knows which', context => {
    const file = journal(context, [
      ['a', 0, 100],
      ['a', 0, 50],
      ['a', 1, 20, 'paid'],
    ]);
    assert.equal(paidInJournals([file]), { paidFen: 20, unknown: 2 });
  });
});
