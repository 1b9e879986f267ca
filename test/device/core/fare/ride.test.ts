import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { beijingFares } from '../../../../device/core/fare/fare-table.ts';
import { dearestFen, mostFen, type Ride, rideFare } from '../../../../device/core/fare/ride.ts';
import { type CardKind, cardKinds } from '../../../../device/core/medium.ts';
import { suite } from '../../../harness.ts';
import { route } from './made-up-route.ts';

const hourMs = 3_600_000;
const ordinary = { kind: 't-union', cardKind: 'ordinary' } as const;
const at = (stop: string | undefined, time = 0) => ({ stop, at: time });

function fare(ride: Partial<Ride>) {
  const { fareFen, reason } = rideFare({
    route,
    table: beijingFares,
    payer: ordinary,
    on: undefined,
    off: undefined,
    ...ride,
  });
  return [fareFen, reason];
}

suite('ride', test => {
  test('by distance, both directions', () => {
    assert.equal(fare({ on: at('0'), off: at('10') }), [100, 'distance']);
    assert.equal(fare({ on: at('0'), off: at('12') }), [150, 'distance']);
    assert.equal(fare({ on: at('0'), off: at('21') }), [250, 'distance']);
    assert.equal(fare({ on: at('21b'), off: at('5b') }), [200, 'distance']);
  });

  test('students, seniors, ride codes', () => {
    const ride = { on: at('0'), off: at('21') };
    const payer = (cardKind: CardKind) => ({ kind: 't-union', cardKind }) as const;
    assert.equal(fare({ ...ride, payer: payer('student') }), [125, 'distance']);
    assert.equal(fare({ ...ride, payer: payer('senior') }), [0, 'free']);
    assert.equal(fare({ on: at('0'), payer: payer('senior') }), [0, 'free'], 'nor when they do not tap off');
    assert.equal(fare({ ...ride, payer: { kind: 'ride-code', cardKind: 'unknown' } }), [250, 'distance']);
  });

  test('nobody tapped off: undiscounted to the farther end', () => {
    assert.equal(fare({ on: at('0') }), [500, 'no-tap-off']);
    assert.equal(fare({ on: at('12') }), [300, 'no-tap-off'], '12 km back to the beginning');
    assert.equal(fare({ on: at('12'), payer: { kind: 't-union', cardKind: 'student' } }), [
      300,
      'no-tap-off',
    ]);
    assert.equal(fare({ on: at(undefined) }), [200, 'no-tap-off']);
    assert.equal(fare({ on: at('99') }), [200, 'no-tap-off']);
  });

  test('four hours, not more', () => {
    assert.equal(fare({ on: at('0'), off: at('5', 4 * hourMs) }), [100, 'distance']);
    assert.equal(fare({ on: at('0'), off: at('5', 4 * hourMs + 1) }), [500, 'too-long']);
    assert.equal(fare({ on: at('0', Number.NaN), off: at('5', 9 * hourMs) }), [100, 'distance']);
    assert.equal(
      fare({ on: at('0', 9 * hourMs), off: at('5') }),
      [100, 'distance'],
      'a clock that was set back',
    );
  });

  test('same stop, wrong direction, unknown stop, no tap-on', () => {
    assert.equal(fare({ on: at('5'), off: at('5') }), [100, 'same-stop']);
    assert.equal(fare({ on: at('12'), off: at('0') }), [150, 'wrong-direction']);
    assert.equal(fare({ on: at('0'), off: at('21b') }), [100, 'wrong-direction']);
    assert.equal(fare({ on: at(undefined), off: at('21') }), [100, 'unknown-stop']);
    assert.equal(fare({ on: at('0'), off: at(undefined) }), [100, 'unknown-stop']);
    assert.equal(fare({ on: at('0'), off: at('99') }), [100, 'unknown-stop']);
    assert.equal(fare({ off: at('21') }), [100, 'no-tap-on']);
  });

  test('a flat line: one fare, however the ride is known', () => {
    const table = { ...beijingFares, flatLines: ['2'] };
    const rides: Partial<Ride>[] = [{ on: at('0'), off: at('21') }, { on: at('0') }, { off: at('5') }];
    for (const ride of rides) assert.equal(fare({ ...ride, table }), [100, 'flat']);
    assert.equal(fare({ table, on: at('0'), off: at('0', 9 * hourMs) }), [100, 'flat']);
  });

  test('never negative, never above the dearest ride, and not tapping off never pays', () => {
    const stops = route.patterns.flatMap(pattern => pattern.stops.map(({ id }) => id));
    const tap = fc.option(
      fc.record({
        stop: fc.option(fc.constantFrom(...stops, '99'), { nil: undefined }),
        at: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: -1e9, max: 1e9 })),
      }),
      { nil: undefined },
    );
    const payer = fc.oneof(
      fc.constant({ kind: 'ride-code', cardKind: 'unknown' } as const),
      fc.constantFrom(...cardKinds).map(cardKind => ({ kind: 'bmac', cardKind }) as const),
    );
    const table = fc
      .record({
        baseFen: fc.integer({ min: 0, max: 100_000 }),
        distance: fc.record({
          includedM: fc.integer({ min: 1, max: 30_000 }),
          stepM: fc.integer({ min: 1, max: 30_000 }),
          stepFen: fc.integer({ min: 0, max: 1000 }),
        }),
        flatLines: fc.constantFrom([], ['2']),
      })
      .map(drawn => ({ ...beijingFares, ...drawn }));
    const property = fc.property(tap, tap, payer, table, (on, off, who, fares) => {
      const ride = { route, table: fares, payer: who, on, off };
      const { fareFen, distanceM } = rideFare(ride);
      assert.ok(Number.isSafeInteger(fareFen) && fareFen >= 0);
      assert.ok(fareFen <= dearestFen(route, fares));
      assert.ok(distanceM === undefined || distanceM >= 0);
      if (on !== undefined) assert.ok(fareFen <= mostFen(ride, on));
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
