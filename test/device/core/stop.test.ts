import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { distanceM, type Stop, stopAt } from '../../../device/core/stop.ts';
import { suite } from '../../harness.ts';

/** About a metre of latitude. */
const metreDeg = 1 / 111_195;

function at(northM: number) {
  return { latitudeDeg: 39.9 + northM * metreDeg, longitudeDeg: 116.39 };
}

function stop(id: string, northM: number): Stop {
  return { id, name: { zh: id, en: id }, position: at(northM) };
}

const stops = [stop('a', 0), stop('b', 160), stop('c', 1000)];

/** Where a bus is said to be, metre by metre of its way. */
function ride(metres: readonly (number | undefined)[]): (string | undefined)[] {
  let before: Stop | undefined;
  return metres.map(metre => {
    before = stopAt(stops, metre === undefined ? undefined : at(metre), before);
    return before?.id;
  });
}

suite('stop', test => {
  test('distances', () => {
    const paris = { latitudeDeg: 48.8566, longitudeDeg: 2.3522 };
    const beijing = { latitudeDeg: 39.9042, longitudeDeg: 116.4074 };
    assert.ok(Math.abs(distanceM(paris, beijing) - 8_218_000) < 20_000);
    assert.ok(Math.abs(distanceM(at(0), at(100)) - 100) < 0.1);
    const west = { latitudeDeg: 0, longitudeDeg: -179.999 };
    const east = { latitudeDeg: 0, longitudeDeg: 179.999 };
    assert.ok(Math.abs(distanceM(west, east) - 222.4) < 1);
    assert.is(distanceM(paris, paris), 0);
  });

  test('the nearest within reach, none between stops or without a position', () => {
    assert.equal(ride([90]), ['b']);
    assert.equal(ride([-90]), ['a']);
    assert.equal(ride([-101]), [undefined]);
    assert.equal(ride([500]), [undefined]);
    assert.equal(ride([1000, undefined, 1000]), ['c', undefined, 'c']);
    assert.is(stopAt([], at(0), undefined), undefined);
  });

  test('a stop stays until the bus is clearly away', () => {
    assert.equal(ride([1000, 1099, 1101, 1149, 1151, 1149, 1099]), [
      'c',
      'c',
      'c',
      'c',
      undefined,
      undefined,
      'c',
    ]);
  });

  test('of two near each other the other has its turn when it is clearly nearer', () => {
    assert.equal(ride([0, 79, 81, 90, 96, 90, 81, 64]), ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'a']);
  });

  test('a stop that the line no longer has is left; one that moved is the new one', () => {
    assert.is(stopAt([stop('b', 160)], at(0), stop('a', 0)), undefined);
    const moved = stop('a', 20);
    assert.is(stopAt([moved], at(0), stop('a', 0)), moved);
  });

  test('a receiver’s jitter of 15 m never makes it flap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -400, max: 1400 }),
        fc.array(fc.integer({ min: -7, max: 7 }), { minLength: 3, maxLength: 30 }),
        (place, jitter) => {
          const changes = ride(jitter.map(by => place + by)).filter(
            (id, i, all) => i > 0 && id !== all[i - 1],
          );
          assert.ok(changes.length <= 1, `${place}: ${changes.join(' ')}`);
        },
      ),
    );
  });
});
