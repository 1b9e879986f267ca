import * as assert from 'uvu/assert';
import { createClock } from '../../device/clock.ts';
import { suite } from '../harness.ts';

const noon = Date.UTC(2022, 5, 10, 4);
const hourMs = 3_600_000;

/** A clock whose sources are set by hand. */
function handClock(system: 'synchronised' | 'unsynchronised' = 'unsynchronised') {
  const hands = { monotonicMs: 0, systemMs: noon, floorMs: (noon - 60_000) as number | undefined };
  const clock = createClock({
    system,
    floor: () => hands.floorMs,
    wallClock: () => hands.systemMs + hands.monotonicMs,
    monotonic: () => hands.monotonicMs,
  });
  const fixes = (count: number, timeMs: number) => {
    for (let i = 0; i < count; i++) {
      hands.monotonicMs += 1000;
      clock.hear({ time: timeMs + hands.monotonicMs, receivedAt: hands.monotonicMs, position: undefined });
    }
  };
  return { clock, hands, fixes, off: () => clock.now() - hands.monotonicMs - noon };
}

suite('clock', test => {
  test('1970: the time is not known until GNSS gives it, and metadata is judged by the signed data so long', () => {
    const { clock, hands, fixes, off } = handClock();
    hands.systemMs = 0;
    hands.monotonicMs = 1000;
    clock.hear({ time: noon + 1000, receivedAt: 1000, position: undefined });
    fixes(2, noon);
    assert.is(clock.isKnown(), true);
    assert.is(off(), 0);
    assert.is(clock.state().source, 'gnss');
    assert.is(Math.round(clock.aheadMs[0] ?? 0), noon);
  });

  test('2099 from the start, no GNSS: not known, and metadata is judged by the date of the signed data', () => {
    const hands = { systemMs: Date.UTC(2099, 0), floorMs: noon };
    const clock = createClock({
      system: 'unsynchronised',
      floor: () => hands.floorMs,
      wallClock: () => hands.systemMs,
      monotonic: () => 0,
    });
    assert.is(clock.isKnown(), false);
    assert.is(hands.systemMs + (clock.aheadMs[0] ?? 0), noon);
  });

  test('a step of the system clock by hours is not followed just after the start, nor under rides', () => {
    for (const stepMs of [-5 * hourMs, 5 * hourMs]) {
      const { clock, hands, fixes, off } = handClock();
      hands.floorMs = undefined;
      hands.systemMs = noon + stepMs;
      hands.monotonicMs = 2 * hourMs;
      clock.rideTaken();
      fixes(1, noon + stepMs);
      assert.is(off(), 0);
      assert.match(String(clock.state().problem), /not followed while rides are taken/);
      hands.monotonicMs += 2 * hourMs;
      fixes(1, noon + stepMs);
      assert.is(off(), stepMs);
      assert.is(clock.state().problem, undefined);
    }
  });

  test('a small step back is waited out: the time never runs backwards', () => {
    const { clock, hands, fixes } = handClock('synchronised');
    fixes(1, noon);
    const before = clock.now();
    hands.systemMs = noon - 30_000;
    fixes(1, noon - 30_000);
    assert.ok(clock.now() >= before);
    fixes(60, noon - 30_000);
    assert.is(clock.now(), hands.systemMs + hands.monotonicMs);
  });
});
