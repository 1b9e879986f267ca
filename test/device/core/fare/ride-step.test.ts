import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { beijingFares } from '../../../../device/core/fare/fare-table.ts';
import { dearestFen } from '../../../../device/core/fare/ride.ts';
import { type RideStep, rideStep, type StepSituation } from '../../../../device/core/fare/ride-step.ts';
import { cardKinds, mediumKinds } from '../../../../device/core/medium.ts';
import { suite } from '../../../harness.ts';
import { route } from './made-up-route.ts';

const hourMs = 3_600_000;

function step(changes: Partial<StepSituation> = {}): RideStep {
  return rideStep({
    route,
    line: route.line,
    fares: beijingFares,
    payer: { kind: 't-union', cardKind: 'ordinary' },
    canTapOff: true,
    door: 'both',
    tap: { stop: '10', at: hourMs },
    begun: undefined,
    ended: undefined,
    isConfirmed: false,
    isCompanion: false,
    repeatWindowS: 5,
    ...changes,
  });
}

const begun = { stop: '0', at: 0, isHere: true, owedFen: 500 };

suite('what a tap is to a ride', test => {
  test('on, and off where the ride has begun here', () => {
    assert.equal(step(), { step: 'on', mostFen: 300, owedFen: 0 });
    const off = step({ begun });
    assert.equal(off.step === 'off' && [off.on, off.fare.fareFen], [{ stop: '0', at: 0 }, 100]);
  });

  test('on with a debt where it has begun elsewhere, or too long ago', () => {
    assert.equal(step({ begun: { ...begun, isHere: false } }), { step: 'on', mostFen: 300, owedFen: 500 });
    const late = { stop: '10', at: 4 * hourMs + 1 };
    assert.equal(step({ begun, tap: late }), { step: 'on', mostFen: 300, owedFen: 500 });
  });

  test('by the table in force when the ride began', () => {
    const dearer = { ...beijingFares, baseFen: 400 };
    const fares = { ...beijingFares, changes: [{ ...dearer, from: hourMs / 2 }] };
    const off = step({ begun, fares });
    assert.is(off.step === 'off' && off.fare.fareFen, 100);
    const after = step({ begun: { ...begun, at: hourMs / 2 }, fares });
    assert.is(after.step === 'off' && after.fare.fareFen, 200);
    // A line that has become flat meanwhile: who got on before gets off.
    const flat = { ...beijingFares, changes: [{ ...beijingFares, flatLines: ['2'], from: hourMs / 2 }] };
    assert.is(step({ begun, fares: flat }).step, 'off');
  });

  test('single where there is nothing to tap off for', () => {
    const single = { step: 'single', fareFen: 100, owedFen: 0 };
    assert.equal(step({ route: undefined }), single);
    assert.equal(step({ canTapOff: false }), single);
    assert.equal(step({ fares: { ...beijingFares, flatLines: ['2'] } }), single);
  });

  test('codes: what the door says; cards do not care', () => {
    const payer = { kind: 'ride-code', cardKind: 'unknown' } as const;
    assert.is(step({ payer }).step, 'on');
    const off = step({ payer, door: 'off' });
    assert.equal(off.step === 'off' && [off.on, off.fare.fareFen], [undefined, 0]);
    assert.is(step({ door: 'off' }).step, 'on');
    assert.is(step({ payer, door: 'on', begun }).step, 'off', 'getting off is never refused');
  });

  test('the same tap again: within the window, within a minute at one stop, not longer', () => {
    const at = (ms: number, stop: string | undefined = '5') => ({ stop, at: ms });
    const on = { ...begun, at: 0 };
    assert.is(step({ begun: on, tap: at(4999) }).step, 'again');
    assert.is(step({ begun: on, tap: at(5000) }).step, 'off');
    assert.is(step({ begun: on, tap: at(59_999, '0') }).step, 'again');
    assert.is(step({ begun: on, tap: at(60_000, '0') }).step, 'off');
    assert.is(step({ ended: at(0), tap: at(30_000) }).step, 'again');
    assert.is(step({ ended: at(0), tap: at(60_000) }).step, 'on');
    const nowhere = { stop: undefined, at: 0 };
    assert.is(step({ ended: nowhere, tap: { stop: undefined, at: 6000 } }).step, 'on');
    assert.is(step({ begun: { ...on, isHere: false }, tap: at(1000) }).step, 'on', 'another bus');
    assert.is(step({ begun: { ...on, at: Number.NaN }, tap: at(1000) }).step, 'off');
  });

  test('a tap that the crew has confirmed: made once more, not got off by, but at another stop', () => {
    const isConfirmed = true;
    const minutes = (n: number, stop: string | undefined) => ({ stop, at: n * 60_000 });
    assert.is(step({ isConfirmed, begun, tap: minutes(9, '0') }).step, 'again');
    assert.is(step({ isConfirmed, begun, tap: minutes(1, undefined) }).step, 'again');
    assert.is(step({ isConfirmed, begun, tap: minutes(1, '5') }).step, 'off');
  });

  test('whatever is known and not: nothing negative, nothing above the dearest ride', () => {
    const stop = fc.constantFrom('0', '5', '10', '12', '15', '21', '0b', '21b', '5b', 'nowhere', undefined);
    const time = fc.oneof(fc.integer({ min: 0, max: 30 * hourMs }), fc.constant(Number.NaN));
    const tap = fc.record({ stop, at: time });
    const payer = fc.record({
      kind: fc.constantFrom(...mediumKinds),
      cardKind: fc.constantFrom(...cardKinds),
    });
    const most = dearestFen(route, beijingFares);
    fc.assert(
      fc.property(
        fc.record({
          payer,
          tap,
          canTapOff: fc.boolean(),
          isConfirmed: fc.boolean(),
          isCompanion: fc.boolean(),
          door: fc.constantFrom('both', 'on', 'off'),
          begun: fc.option(
            fc.record({ stop, at: time, isHere: fc.boolean(), owedFen: fc.integer({ min: 0, max: most }) }),
            {
              nil: undefined,
            },
          ),
          ended: fc.option(tap, { nil: undefined }),
        }),
        changes => {
          const taken = step(changes as Partial<StepSituation>);
          const amounts = {
            single: taken.step === 'single' ? [taken.fareFen, taken.owedFen] : [],
            on: taken.step === 'on' ? [taken.mostFen, taken.owedFen] : [],
            off: taken.step === 'off' ? [taken.fare.fareFen] : [],
            again: [],
          }[taken.step];
          for (const fen of amounts)
            assert.ok(Number.isSafeInteger(fen) && fen >= 0 && fen <= most, JSON.stringify(taken));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
