import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { beijingFares, fareTableAt } from '../../../../device/core/fare/fare-table.ts';
import {
  boardingFareFen,
  canBoard,
  discountedFen,
  undiscountedFen,
} from '../../../../device/core/fare/price.ts';
import { type CardKind, cardKinds } from '../../../../device/core/medium.ts';
import { suite } from '../../../harness.ts';

const card = (cardKind: CardKind) => ({ kind: 't-union', cardKind }) as const;
const code = { kind: 'ride-code', cardKind: 'unknown' } as const;

suite('price', test => {
  test('2.00 yuan up to 10 km, 1.00 for each further 5 km begun', () => {
    const fares = [0, 1, 9999.4, 10_000, 10_000.4, 10_001, 15_000, 15_001, 20_000, 20_001, 48_300];
    assert.equal(
      fares.map(metres => undiscountedFen(beijingFares, metres)),
      [200, 200, 200, 200, 200, 300, 300, 400, 400, 500, 1000],
    );
  });

  test('who pays what of 2.00, 3.00 and 5.00', () => {
    const of = (full: number) => cardKinds.map(kind => discountedFen(beijingFares, card(kind), full));
    assert.equal(of(200), [100, 50, 0, 100, 100, 100]);
    assert.equal(of(300), [150, 75, 0, 150, 150, 150]);
    assert.equal(of(500), [250, 125, 0, 250, 250, 250]);
    assert.is(discountedFen(beijingFares, code, 300), 150);
  });

  test('half a fen is rounded up', () => {
    const third = {
      ...beijingFares,
      payPercent: { ...beijingFares.payPercent, student: 33.5, ordinary: 0.25 },
    };
    assert.is(discountedFen(third, card('student'), 100), 34);
    assert.is(discountedFen(third, card('student'), 300), 101);
    assert.is(discountedFen(third, card('ordinary'), 100), 0);
    assert.is(discountedFen(third, card('ordinary'), 200), 1);
  });

  test('never negative, never more than undiscounted, never less for a longer way', () => {
    const distance = fc.double({ min: 0, max: 2e6, noNaN: true });
    const property = fc.property(distance, distance, fc.constantFrom(...cardKinds), (one, other, kind) => {
      const [near, far] = [Math.min(one, other), Math.max(one, other)];
      const [less, more] = [undiscountedFen(beijingFares, near), undiscountedFen(beijingFares, far)];
      assert.ok(less <= more);
      assert.ok(Number.isSafeInteger(more));
      const paid = discountedFen(beijingFares, card(kind), more);
      assert.ok(paid >= 0 && paid <= more && Number.isSafeInteger(paid));
      assert.ok(discountedFen(beijingFares, card(kind), less) <= paid);
    });
    fc.assert(property);
  });

  test('a card boards with the least fare and the least balance; free riders and codes with nothing', () => {
    const holding = (cardKind: CardKind, balanceFen: number | undefined) =>
      canBoard({ kind: 't-union', account: '', cardKind, balanceFen }, beijingFares);
    assert.is(holding('ordinary', 100), true);
    assert.is(holding('ordinary', 99), false);
    assert.is(holding('student', 99), false, 'the student pays 0.50, and 1.00 must be there');
    assert.is(holding('senior', 0), true);
    assert.is(holding('senior', -500), true);
    assert.is(holding('ordinary', undefined), true);
    assert.is(boardingFareFen(card('student'), beijingFares), 50);
  });

  test('tables that follow, each from its moment on', () => {
    const change = (from: number, baseFen: number) => ({ ...beijingFares, from, baseFen });
    const fares = { ...beijingFares, changes: [change(1000, 300), change(2000, 400)] };
    const at = [Number.NaN, -1, 999, 1000, 1999, 2000, 1e15].map(time => fareTableAt(fares, time).baseFen);
    assert.equal(at, [200, 200, 200, 300, 300, 400, 400]);
  });
});
