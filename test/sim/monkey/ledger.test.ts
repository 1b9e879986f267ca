import * as assert from 'uvu/assert';
import { createLedger } from '../../../sim/monkey/ledger.ts';
import { suite } from '../../harness.ts';

const ride = {
  reader: 'card',
  verdict: 'pass',
  why: undefined,
  fareTaken: true,
  fareFen: 100,
  step: undefined,
  isPaid: false,
};
const refusal = {
  reader: 'camera',
  verdict: 'abnormal',
  why: 'red',
  fareTaken: false,
  fareFen: 0,
  step: undefined,
  isPaid: false,
};
const head = 'seq  time                        reader   medium     verdict         fare';
const rowOf = (seq: number, rest: string) => `${seq}    2026-11-26 22:37:43 +08:00  ${rest}`;
const second = rowOf(2, 'camera   ride-code  abnormal (red)  no fare');
const first = rowOf(1, 'card     t-union    pass            1.00 yuan');
const journal = (...rows: string[]) =>
  [head, ...rows, `${rows.length} taps, last seq ${rows.length}`].join('\n');

function ledgerOfTwo() {
  const ledger = createLedger();
  assert.is(ledger.enter({ ...ride, seq: 1 }, 0), undefined);
  assert.is(ledger.enter({ ...refusal, seq: 2 }, 0), undefined);
  return ledger;
}

suite('ledger', test => {
  test('a journal with every tap is right; one that lost, changed or skipped a row is not', () => {
    const ledger = ledgerOfTwo();
    assert.is(ledger.compare(journal(second, first), 0), undefined);
    assert.is(ledger.compare(journal(first), 0)?.kind, 'journal');
    assert.match(String(ledger.compare(journal(second, first.replace('1.00', '2.00')), 0)?.got), '2.00');
    assert.is(ledger.compare(journal(second.replace(/^2/, '3'), first), 0)?.kind, 'journal');
    assert.is(ledger.compare('the journal is not usable: see status', 0)?.kind, 'journal');
  });

  test('a number is left out only where the power was cut', () => {
    assert.is(ledgerOfTwo().enter({ ...ride, seq: 4 }, 0)?.kind, 'seq');
    assert.is(ledgerOfTwo().enter({ ...ride, seq: 2 }, 1)?.kind, 'seq');
    const ledger = ledgerOfTwo();
    assert.is(ledger.enter({ ...ride, seq: 4 }, 1), undefined);
    const untold = rowOf(3, 'scanner  ride-code  pass  1.00 yuan');
    assert.is(ledger.compare(journal(first.replace(/^1/, '4'), untold, second, first), 0), undefined);
  });

  test('a card’s payment is a row after its tap; one that was torn, and what became of it, are known too', () => {
    const ledger = createLedger();
    const paid = { ...ride, isPaid: true };
    assert.is(ledger.enter({ ...paid, seq: 1 }, 0), undefined);
    assert.is(ledger.enter({ ...paid, seq: 2 }, 0)?.kind, 'seq', 'row 2 is the end of the purchase');
    const torn = createLedger();
    assert.is(torn.enter({ ...paid, seq: 1 }, 0), undefined);
    assert.is(torn.enterTorn(3, 0), undefined);
    assert.ok(torn.isTorn(3));
    torn.enterSettled();
    assert.is(torn.enter({ ...paid, seq: 3 }, 0), undefined, 'its tap is told when it is mended');
    assert.is(torn.enter({ ...paid, seq: 5 }, 0), undefined);
    const rows = [5, 3, 1].map(seq => `${first.replace(/^1/, String(seq))}, paid`);
    const text = (shown: readonly string[]) =>
      [head, ...shown, `${shown.length} taps, last seq 6`].join('\n');
    assert.is(torn.compare(text(rows), 0), undefined);
    assert.is(torn.compare(text(rows.slice(1)), 0)?.kind, 'journal', 'a tap that was told is not there');
  });

  test('the journal says who got on and off', () => {
    const ledger = createLedger();
    ledger.enter({ ...ride, fareFen: 0, step: 'on', seq: 1 }, 0);
    const text = (verdict: string) => journal(rowOf(1, `card     t-union    ${verdict}         0.00 yuan`));
    assert.is(ledger.compare(text('pass, on'), 0), undefined);
    assert.is(ledger.compare(text('pass, off'), 0)?.kind, 'journal');
    assert.is(ledger.compare(text('pass'), 0)?.kind, 'journal');
  });
});
