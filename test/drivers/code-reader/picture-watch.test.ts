import * as assert from 'uvu/assert';
import { createPictureWatch } from '../../../drivers/code-reader/picture-watch.ts';
import { suite } from '../../harness.ts';
import { blankFrame } from './frames.ts';

const stepMs = 100;

/** A watch of 10 s, shown a picture every 100 ms of made-up time. */
function watching(frozenAfterMs = 10_000) {
  const watch = createPictureWatch(frozenAfterMs);
  let nowMs = 0;
  const shade = (n: number) => blankFrame(n % 256, 8, 8);
  watch.opened(nowMs);
  return {
    see(n: number) {
      nowMs += stepMs;
      return watch.see(shade(n), nowMs);
    },
    reopen: () => watch.opened(nowMs),
    nowMs: () => nowMs,
  };
}

suite('picture watch', test => {
  test('a picture that changes is live, one that stands still is overdue after the time set', () => {
    const { see, nowMs } = watching();
    for (let i = 0; i < 300; i++) assert.is(see(i), 'live');
    const stoodSinceMs = nowMs();
    let state = see(299);
    while (state === 'live') state = see(299);
    assert.is(state, 'overdue');
    assert.ok(
      nowMs() - stoodSinceMs >= 9000 && nowMs() - stoodSinceMs <= 10_500,
      `${nowMs() - stoodSinceMs}`,
    );
  });

  test('the few pictures of a hung driver’s buffers, in turn, are frozen too', () => {
    const { see, nowMs } = watching();
    let turn = 0;
    while (see(turn++ % 8) !== 'overdue') assert.ok(nowMs() < 20_000, 'never noticed');
  });

  test('frozen outlives the opening of the wire, and ends with three new pictures in a row', () => {
    const { see, reopen } = watching();
    while (see(1) !== 'overdue');
    reopen();
    assert.equal([see(1), see(1)], ['stale', 'stale']);
    assert.equal([see(2), see(1), see(1)], ['thawing', 'stale', 'stale']);
    assert.equal([see(3), see(4), see(5), see(5)], ['thawing', 'thawing', 'live', 'live']);
  });

  test('while frozen it is overdue again after the same time, so that the wire is opened again and again', () => {
    const { see, reopen, nowMs } = watching();
    while (see(1) !== 'overdue');
    reopen();
    const sinceMs = nowMs();
    while (see(1) !== 'overdue');
    assert.is(nowMs() - sinceMs, 10_000);
  });

  test('0 is never', () => {
    const { see } = watching(0);
    for (let i = 0; i < 1000; i++) assert.is(see(1), 'live');
  });
});
