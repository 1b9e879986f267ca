/** A lapse moves all clocks, in steps in which no data grows too old and no publisher has been silent for a day. */
import * as assert from 'uvu/assert';
import { lapse } from '../../../sim/bus/lapse.ts';
import { suite } from '../../harness.ts';

const hourMs = 3_600_000;

/**
 * @param renewalMs by the clock of the bus
 * @returns what happened in turn: steps in milliseconds, and what else was done
 */
async function lapsed(ms: number, freshMs: number, renewalMs = 0) {
  let now = Date.parse('2022-05-22T23:50:00+08:00');
  const done: (number | string)[] = [];
  const post = { gnss: { hold: (isHeld: boolean) => done.push(isHeld ? 'hush' : 'on') } };
  const putOn = (step: number) => {
    now += step;
    done.push(step);
  };
  const time = { now: () => now, file: '', putOn, close: () => {} };
  const renew = async () => {
    now += renewalMs;
    done.push('renew');
  };
  const office = { freshMs, renew };
  const posts = { front: post, rear: post } as unknown as Parameters<typeof lapse>[1]['posts'];
  await lapse(ms, { time, posts, office, settlingMs: 0, believedMs: 0 });
  return done;
}

const steps = (done: readonly (number | string)[]) => done.filter(each => typeof each === 'number');
const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);

suite('a lapse of time', test => {
  test('one step: the satellites are silent before, and the office does its part after', async () => {
    assert.equal(await lapsed(600_000, hourMs), ['hush', 'hush', 600_000, 'on', 'on', 'renew']);
    assert.equal(await lapsed(0, hourMs), []);
  });

  test('no step is as long as data stays fresh', async () => {
    const hours = steps(await lapsed(5 * hourMs, hourMs));
    assert.is(sum(hours), 5 * hourMs);
    assert.ok(Math.max(...hours) < hourMs, hours.join());
  });

  test('what the steps take is part of the lapse: it ends when it was to end', async () => {
    const hours = steps(await lapsed(5 * hourMs, hourMs, 2000));
    assert.is(sum(hours) + (hours.length - 1) * 2000, 5 * hourMs);
  });

  test('a month of data that is good for seconds has not thousands of steps, and none of a day', async () => {
    for (const freshMs of [30_000, 365 * 24 * hourMs]) {
      const long = steps(await lapsed(31 * 24 * hourMs, freshMs));
      assert.is(sum(long), 31 * 24 * hourMs);
      assert.ok(long.length <= 100, String(long.length));
      assert.ok(Math.max(...long) < 24 * hourMs);
      assert.ok(long.every(Number.isInteger), 'dates are whole milliseconds');
    }
  });
});
