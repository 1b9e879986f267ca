/** A validator's day by its seed: in order, the same again, with peaks, outages that end, and nothing without power. */
import * as assert from 'uvu/assert';
import { type DayEvent, dayOf, dayS } from '../../../sim/fleet/day.ts';
import { createRandom } from '../../../sim/media/random.ts';
import { suite } from '../../harness.ts';

const dayFor = (seed: number) => dayOf(createRandom(seed), { tapsPerDay: 3000 });
const tapsIn = (day: readonly DayEvent[], fromH: number, toH: number) =>
  day.filter(({ is, at }) => is === 'tap' && at >= fromH * 3600 && at < toH * 3600).length;

suite('a day of the fleet', test => {
  test('the same seed is the same day, another seed another', () => {
    assert.equal(dayFor(7), dayFor(7));
    assert.not.equal(dayFor(7), dayFor(8));
  });

  test('some 3,000 taps, most of them in the peaks, none while the bus has no power', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const day = dayFor(seed);
      const taps = tapsIn(day, 0, 24);
      assert.ok(taps > 2700 && taps < 3300, `${taps}`);
      assert.ok(tapsIn(day, 7, 9) > 2 * tapsIn(day, 10, 12));
      const on = day.find(event => event.is === 'power' && event.isOn)?.at ?? dayS;
      const off = day.find(event => event.is === 'power' && !event.isOn)?.at ?? 0;
      assert.ok(on < off && off < dayS + 3600);
      assert.ok(day.every(({ is, at }) => is !== 'tap' || (at > on && at < off)));
    }
  });

  test('in the order of time, and each outage of the network ends before the next begins', () => {
    let hours = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const day = dayFor(seed);
      assert.equal(
        day,
        day.toSorted((a, b) => a.at - b.at),
      );
      const network = day.filter(event => event.is === 'network');
      assert.ok(network.every(({ isUp }, i) => isUp === (i % 2 === 1)));
      assert.is(network.length % 2, 0);
      if (network.some(({ at }, i) => (network[i + 1]?.at ?? at) - at >= 3600 && i % 2 === 0)) hours++;
    }
    assert.ok(hours > 0, 'some SIMs are late by hours');
  });
});
