/** What journals say that cards have paid; a purchase without an end is known by the card's counter. */
import * as assert from 'uvu/assert';
import { type PaymentRow, paidInJournals } from '../../../sim/backoffice/journal-payments.ts';
import { suite } from '../../harness.ts';

type Begun = readonly [
  token: string,
  sequence: number,
  fareFen: number,
  end?: 'paid' | 'not-paid' | 'unknown',
];

function journal(begun: readonly Begun[]): PaymentRow[] {
  const rows: PaymentRow[] = [];
  const add = (row: Partial<PaymentRow>) => {
    const nothing = {
      event: 'tap',
      of_row: null,
      token: null,
      fare_fen: 0,
      card_sequence: null,
      purchase: null,
    } as const;
    const seq = rows.length + 1;
    rows.push({ ...nothing, seq, ...row });
    return seq;
  };
  for (const [name, sequence, fareFen, end] of begun) {
    const token = new Uint8Array(Buffer.from(name));
    const tap = add({ token, fare_fen: fareFen, card_sequence: sequence, purchase: 'begun' });
    if (end !== undefined) add({ event: 'purchase', of_row: tap, token, purchase: end });
  }
  add({});
  return rows;
}

suite('payments in the journals of a bus', test => {
  test('paid, not paid, and what the counter tells where nobody wrote the end', () => {
    const front = journal([
      ['a', 0, 100, 'paid'],
      ['a', 1, 10],
      ['b', 0, 1000],
      ['b', 0, 1000, 'paid'],
      ['c', 4, 7, 'not-paid'],
      ['c', 4, 5],
      ['d', 9, 3, 'unknown'],
    ]);
    const rear = journal([
      ['a', 2, 100, 'paid'],
      ['c', 5, 2, 'paid'],
      ['e', 0, 1],
    ]);
    assert.equal(paidInJournals([front, rear]), { paidFen: 100 + 10 + 1000 + 5 + 100 + 2, unknown: 2 });
  });

  test('two purchases at one counter, neither with an end: one of them was paid, and nobody knows which', () => {
    const file = journal([
      ['a', 0, 100],
      ['a', 0, 50],
      ['a', 1, 20, 'paid'],
    ]);
    assert.equal(paidInJournals([file]), { paidFen: 20, unknown: 2 });
  });
});
