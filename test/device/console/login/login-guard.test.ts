/** Wrong PINs make the next trial later, and never much later. */
import * as assert from 'uvu/assert';
import { createLoginGuard } from '../../../../device/console/login/login-guard.ts';
import { suite } from '../../../harness.ts';

/** Time that the test moves; whoever sleeps wakes when it has come. */
function simulated(wrongBefore = 0) {
  let now = 0;
  let sleepers: { at: number; wake: () => void }[] = [];
  const written: number[] = [];
  let beingTried = 0;
  let mostAtOnce = 0;
  const guard = createLoginGuard({
    async isPin(pin) {
      mostAtOnce = Math.max(mostAtOnce, ++beingTried);
      await new Promise(setImmediate);
      beingTried--;
      return pin === 'right';
    },
    wrong: { read: () => wrongBefore, write: count => void written.push(count) },
    monotonic: () => now,
    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        sleepers.push({ at: now + ms, wake: resolve });
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  });

  /** To the next sleeper's time. */
  function advance(): void {
    now = Math.min(...sleepers.map(({ at }) => at));
    const due = sleepers.filter(({ at }) => at <= now);
    sleepers = sleepers.filter(({ at }) => at > now);
    for (const { wake } of due) wake();
  }

  return {
    guard,
    written,
    now: () => now,
    mostAtOnce: () => mostAtOnce,
    advance,
    async tries(pin: string, signal = new AbortController().signal) {
      let waitedMs = 0;
      const trial = guard.tryPin(pin, ms => (waitedMs = ms), signal);
      if (waitedMs > 0) advance();
      return { isRight: await trial, waitedMs };
    },
  };
}

suite('console: wrong PINs', test => {
  test('three are free, then each is waited for longer, up to a minute', async () => {
    const { tries } = simulated();
    const waits: number[] = [];
    for (let i = 0; i < 11; i++) waits.push((await tries('wrong')).waitedMs / 1000);
    assert.equal(waits, [0, 0, 0, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test('after 10,000 wrong PINs the right one is taken within a minute, and all is as before', async () => {
    const { tries } = simulated();
    for (let i = 0; i < 10_000; i++) assert.not.ok((await tries('wrong')).isRight);
    const { isRight, waitedMs } = await tries('right');
    assert.ok(isRight);
    assert.ok(waitedMs <= 60_000, `${waitedMs} ms`);
    assert.is((await tries('wrong')).waitedMs, 0);
  });

  test('a prankster who tries all the time does not push a technician back: all who wait are tried', async () => {
    const { guard, advance, now, mostAtOnce } = simulated(9);
    const { signal } = new AbortController();
    const start = now();
    const pranks = Array.from({ length: 4 }, () => guard.tryPin('wrong', () => {}, signal));
    const technician = guard.tryPin('right', () => {}, signal);
    advance();
    assert.equal(await Promise.all(pranks), [false, false, false, false]);
    assert.ok(await technician);
    assert.ok(now() - start <= 60_000);
    assert.is(mostAtOnce(), 1, 'one hash is computed at a time');
  });

  test('a restart takes nothing back: the whole time is waited again, by no clock', async () => {
    assert.is((await simulated(7).tries('right')).waitedMs, 32_000);
    assert.is((await simulated(99).tries('right')).waitedMs, 60_000);
  });

  test('a trial is on the disk before it is made; at the most nothing more is written', async () => {
    const { tries, written } = simulated();
    for (let i = 0; i < 12; i++) await tries('wrong');
    assert.equal(written, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await tries('right');
    assert.is(written.at(-1), 0);
  });

  test('who hangs up while waiting has tried nothing', async () => {
    const { guard, advance, written } = simulated(9);
    const hangs = new AbortController();
    const trial = guard.tryPin('right', () => {}, hangs.signal);
    const other = guard.tryPin('wrong', () => {}, new AbortController().signal);
    hangs.abort();
    advance();
    assert.is(await trial.catch(() => 'given up'), 'given up');
    assert.is(await other, false);
    assert.equal(written, []);
  });
});
