/** The pace of a bus: what is missing is put on now and then, one piece after the other, and nothing after it has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { keepPace } from '../../../sim/bus/pace.ts';
import { suite, until } from '../../harness.ts';

suite('the pace of a bus', test => {
  test('so many seconds go by in one, whatever the putting on takes', async () => {
    const real = performance.now();
    let aheadMs = 0;
    let underWay = 0;
    let most = 0;
    const stop = keepPace({
      speed: 60,
      restMs: 5,
      now: () => performance.now() + aheadMs,
      async pass(ms) {
        underWay++;
        most = Math.max(most, underWay);
        aheadMs += ms;
        await sleep(3);
        underWay--;
      },
    });
    await until('five minutes on the bus', () => aheadMs >= 300_000);
    const passed = performance.now() + aheadMs - real;
    assert.ok(passed <= (performance.now() - real) * 60 + 1, 'no faster than asked for');
    assert.is(most, 1);
    await stop();
    const then = aheadMs;
    await sleep(50);
    assert.is(aheadMs, then);
  });
});
