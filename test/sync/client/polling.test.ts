/** Pauses between rounds: jittered, longer and longer while nothing comes, as usual again once something does. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { createPause, watchForLink } from '../../../sync/client/polling.ts';
import { suite } from '../../harness.ts';

const pollMs = 60_000;
/** In the middle of the jitter, so that pauses are what they are without it. */
const steady = () => createPause(pollMs, () => 0.5);

suite('feed client: polling', test => {
  test('jitter is a quarter either way', () => {
    assert.is(createPause(pollMs, () => 0).after(true, true), 45_000);
    assert.is(createPause(pollMs, () => 1).after(true, true), 75_000);
    assert.is(createPause(pollMs, () => 0).after(false, false), 750);
    assert.is(createPause(pollMs, () => 1).after(false, false), 1250);
  });

  test('failures without progress double the pause, up to a minute with all jitter', () => {
    const pause = steady();
    const pauses = Array.from({ length: 12 }, () => pause.after(false, false));
    assert.equal(pauses.slice(0, 5), [1000, 2000, 4000, 8000, 16_000]);
    assert.equal(pauses.slice(-3), [48_000, 48_000, 48_000]);
    for (const usualMs of [1000, pollMs, 86_400_000]) {
      const latest = createPause(usualMs, () => 1);
      const longest = Math.max(...Array.from({ length: 20 }, () => latest.after(false, false)));
      assert.is(longest, Math.min(60_000, 10 * usualMs));
    }
  });

  test('a link that comes up, or a clock that is set, begins the failures anew', () => {
    const pause = steady();
    for (let i = 0; i < 9; i++) pause.after(false, false);
    pause.beginAnew();
    assert.is(pause.after(false, false), 1000);
  });

  test('a link is up when there is a new address that leads outside', () => {
    const address = (cidr: string, internal = false) =>
      ({ address: '', netmask: '', family: 'IPv4', mac: '', internal, cidr }) as const;
    let interfaces: Record<string, ReturnType<typeof address>[]> = { lo: [address('127.0.0.1/8', true)] };
    const isUp = watchForLink(() => interfaces);
    assert.is(isUp(), false);
    interfaces = { ...interfaces, eth0: [address('192.0.2.7/24')] };
    assert.equal([isUp(), isUp()], [true, false]);
    const wired = interfaces;
    interfaces = { ...wired, ppp0: [address('198.51.100.3/32')] };
    assert.equal([isUp(), isUp()], [true, false]);
    interfaces = { lo: [address('127.0.0.1/8', true), address('127.0.0.2/8', true)] };
    assert.equal([isUp(), isUp()], [false, false]);
    interfaces = wired;
    assert.is(isUp(), true);
  });

  test('a failure with progress is the first one again', () => {
    const pause = steady();
    for (let i = 0; i < 5; i++) pause.after(false, false);
    assert.is(pause.after(false, true), 1000);
    assert.is(pause.after(false, false), 2000);
  });

  test('success makes it as usual, with or without anything new', () => {
    const pause = steady();
    for (const madeProgress of [true, false]) {
      for (let i = 0; i < 5; i++) pause.after(false, false);
      assert.is(pause.after(true, madeProgress), pollMs);
      assert.is(pause.after(false, false), 1000);
    }
  });

  test('whatever happens, it is never far below a second nor above ten times the usual', () => {
    const rounds = fc.array(
      fc.tuple(fc.boolean(), fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true })),
      {
        maxLength: 2000,
      },
    );
    fc.assert(
      fc.property(rounds, drawn => {
        let random = 0;
        const pause = createPause(pollMs, () => random);
        for (const [succeeded, madeProgress, next] of drawn) {
          random = next;
          const ms = pause.after(succeeded, madeProgress);
          assert.ok(ms >= 750 && ms <= 10 * pollMs, `${ms}`);
        }
      }),
    );
  });
});
