/** How the taps of a ride code become rides, and what they cost. */
import * as assert from 'uvu/assert';
import { toHex } from '../../../../device/core/bytes.ts';
import type { TapRow } from '../../../../sim/backoffice/intake/tap-row.ts';
import { rowId } from '../../../../sim/backoffice/intake/trips-file.ts';
import { type Circumstances, codeRides } from '../../../../sim/backoffice/settlement/code-rides.ts';
import type { Tap } from '../../../../sim/backoffice/settlement/ride-entry.ts';
import { suite } from '../../../harness.ts';
import { codeTap, minute, morning, mostFen, tariffs } from './rows.ts';

const usual: Circumstances = {
  tariffs,
  reported: () => 'all',
  changesTokens: () => false,
  madeUpStop: () => undefined,
};

function tapOf(row: TapRow): Tap {
  return {
    ...{
      id: row.seq,

      ofRow: row.of_row,
      at: row.at,
      line: row.line,
      kind: row.kind ?? 'ride-code',
    },
    ...{
      token: toHex(row.token ?? new Uint8Array(8)),

      fareFen: row.fare_fen,
      bus: row.bus,
    },
    ...{ cardKind: row.card_kind, stop: row.stop, step: row.step, onStop: row.on_stop, onAt: row.on_at },
    ...{ mostFen: row.most_fen, owedFen: row.owed_fen, shortFen: row.short_fen, purchase: row.purchase },
    ...{ balanceFen: row.balance_fen, cardSequence: row.card_sequence },
  };
}

function ridesOf(rows: readonly TapRow[], circumstances: Partial<Circumstances> = {}) {
  return codeRides(rows.map(tapOf), { ...usual, ...circumstances }).map(
    ({ state, onStop, offStop, paidFen, reason }) => [state, onStop, offStop, paidFen, reason],
  );
}

suite('rides of a code', test => {
  test('on and off: the distance', () => {
    const on = codeTap(1, morning, 'on', 's0');
    for (const [off, fen] of [
      [codeTap(2, morning + 20 * minute, 'off', 's2'), 100],
      [codeTap(2, morning + 20 * minute, 'off', 's3'), 150],
      [codeTap(2, morning + 20 * minute, 'off', 's9'), 400],
    ] as const)
      assert.equal(ridesOf([on, off]), [['complete', 's0', off.stop, fen, 'distance']]);
  });

  test('whatever the second validator took it for, it ends the ride', () => {
    const taps = [codeTap(1, morning, 'on', 's0'), codeTap(2, morning + 20 * minute, 'on', 's3')];
    assert.equal(ridesOf(taps), [['complete', 's0', 's3', 150, 'distance']]);
  });

  test('the same stop within a minute, or any within the repeat window, is the same tap', () => {
    const off = codeTap(9, morning + 20 * minute, 'off', 's3');
    for (const again of [
      codeTap(2, morning + 59_000, 'off', 's0'),
      codeTap(2, morning + 4000, 'off', 's1'),
      codeTap(2, morning + 4000, 'off', null),
    ])
      assert.equal(ridesOf([codeTap(1, morning, 'on', 's0'), again, off]), [
        ['complete', 's0', 's3', 150, 'distance'],
      ]);
    const after = codeTap(10, morning + 20 * minute + 30_000, 'on', 's3');
    assert.is(ridesOf([codeTap(1, morning, 'on', 's0'), off, after]).length, 1);
    const back = codeTap(2, morning + 61_000, 'off', 's0');
    assert.equal(ridesOf([codeTap(1, morning, 'on', 's0'), back]), [
      ['complete', 's0', 's0', 100, 'same-stop'],
    ]);
  });

  test('a ride that is one tap, made once more at the other door: one ride; at one door the second is a companion’s', () => {
    const single = (device: number, at: number, stop: string) => ({
      ...tapOf(codeTap(1, at, 'single', stop, { fare_fen: 100 })),
      id: rowId(device, 1),
    });
    const paid = (...taps: Tap[]) =>
      codeRides(taps, usual).map(({ paidFen, rows }) => `${paidFen} for ${rows.length}`);
    const first = single(1, morning, 's0');
    assert.equal(paid(first, single(2, morning + 4000, 's0')), ['100 for 2']);
    assert.equal(paid(first, single(2, morning + minute / 2, 's0')), ['100 for 1', '100 for 1']);
    assert.equal(paid(first, single(1, morning + 4000, 's0')), ['100 for 1', '100 for 1']);
    const elsewhere = { ...single(2, morning + 4000, 's0'), bus: 'A2' };
    assert.equal(paid(first, elsewhere), ['100 for 1', '100 for 1']);
  });

  test('nobody taps off: to the farther end, once all validators have reported', () => {
    const on = codeTap(1, morning, 'on', 's2');
    assert.equal(ridesOf([on]), [['unfinished', 's2', null, mostFen(2), 'no-tap-off']]);
    let asked: unknown;
    const reported = (...of: unknown[]) => {
      asked = of;
      return 'awaited' as const;
    };
    assert.equal(ridesOf([on], { reported }), [['waiting', 's2', null, 0, 'no-tap-off']]);
    assert.equal(asked, ['A1', morning, morning + 4 * 60 * minute]);
  });

  test('the report of a validator that is gone will not come: the shortest ride, and a late tap says it better', () => {
    const on = codeTap(1, morning, 'on', 's2');
    const reported = () => 'never' as const;
    assert.equal(ridesOf([on], { reported }), [['unreported', 's2', null, 100, 'no-tap-off']]);
    const off = codeTap(2, morning + 20 * minute, 'off', 's9');
    assert.equal(ridesOf([on, off], { reported }), ridesOf([on, off]));
  });

  test('after the longest ride, and on another bus, a tap is another ride’s', () => {
    const on = codeTap(1, morning, 'on', 's0');
    assert.equal(ridesOf([on, codeTap(2, morning + 241 * minute, 'off', 's3')]), [
      ['unfinished', 's0', null, mostFen(0), 'no-tap-off'],
      ['complete', null, 's3', 100, 'no-tap-on'],
    ]);
    const other = codeTap(2, morning + 10 * minute, 'on', 's1', { bus: 'A2' });
    const off = codeTap(3, morning + 20 * minute, 'off', 's3');
    assert.equal(ridesOf([on, other, off]), [
      ['complete', 's0', 's3', 150, 'distance'],
      ['unfinished', 's1', null, mostFen(1), 'no-tap-off'],
    ]);
  });

  test('who was refused at the other door has got off all the same; at boarding a refusal is nothing', () => {
    const refused = (seq: number, at: number, stop: string) => ({
      ...tapOf(codeTap(seq, at, 'off', stop)),
      step: 'refused' as const,
    });
    const on = tapOf(codeTap(2, morning, 'on', 's0'));
    const rides = codeRides(
      [refused(1, morning - 5 * minute, 's0'), on, refused(3, morning + 20 * minute, 's3')],
      usual,
    );
    assert.equal(
      rides.map(({ state, offStop, paidFen }) => [state, offStop, paidFen]),
      [['complete', 's3', 150]],
    );
    assert.equal(codeRides([refused(1, morning, 's0')], usual), []);
  });

  test('a stop that was not known costs the shortest ride', () => {
    const taps = [codeTap(1, morning, 'on', null), codeTap(2, morning + 20 * minute, 'off', 's9')];
    assert.equal(ridesOf(taps), [['complete', null, 's9', 100, 'unknown-stop']]);
  });

  test('a change of epoch in between: both halves together pay the shortest ride', () => {
    const changesTokens = () => true;
    const reported = () => 'never' as const;
    assert.equal(ridesOf([codeTap(1, morning, 'on', 's0')], { changesTokens, reported }), [
      ['across-epochs', 's0', null, 100, 'no-tap-off'],
    ]);
    assert.equal(ridesOf([codeTap(1, morning, 'off', 's9')], { changesTokens }), [
      ['across-epochs', null, 's9', 0, 'no-tap-on'],
    ]);
  });

  test('made up: priced to the stop that was chosen', () => {
    const madeUpStop = (ride: number) => (ride === 1 ? 's3' : undefined);
    assert.equal(ridesOf([codeTap(1, morning, 'on', 's0')], { madeUpStop }), [
      ['made-up', 's0', 's3', 150, 'distance'],
    ]);
    // A late tap says it better.
    const late = codeTap(2, morning + 20 * minute, 'off', 's1');
    assert.equal(ridesOf([codeTap(1, morning, 'on', 's0'), late], { madeUpStop }), [
      ['complete', 's0', 's1', 100, 'distance'],
    ]);
  });

  test('rows without a step are no rides', () => {
    assert.equal(ridesOf([codeTap(1, morning, 'on', 's0', { step: null, verdict: 'repeat' })]), []);
  });
});
