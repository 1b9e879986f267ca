import * as assert from 'uvu/assert';
import { createClock } from '../../../device/time-and-place/clock.ts';
import { suite } from '../../harness.ts';

const noon = Date.UTC(2022, 5, 10, 4);
const hourMs = 3_600_000;

/** A clock whose sources are set by hand. */
function handClock(
  system: 'synchronised' | 'unsynchronised' = 'unsynchronised',
  floorMs: number | undefined = noon - 60_000,
) {
  return clockWith(system, { monotonicMs: 0, systemMs: noon, floorMs });
}

interface Hands {
  monotonicMs: number;
  /** At the zero of the monotonic clock. */
  systemMs: number;
  floorMs: number | undefined;
}

function clockWith(system: 'synchronised' | 'unsynchronised', hands: Hands) {
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

/** One of a bus that has no signed data yet. @param systemMs what the system's clock says from the start on */
function bareClock(systemMs = noon) {
  const hands: Hands = { monotonicMs: 0, systemMs, floorMs: undefined };
  return clockWith('unsynchronised', hands);
}

suite('clock', test => {
  test('1970: the time is not known until GNSS gives it', () => {
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

  test('2099 from the start, no GNSS: not known, and signed data is judged by no time', () => {
    const hands = { systemMs: Date.UTC(2099, 0), floorMs: noon };
    const clock = createClock({
      system: 'unsynchronised',
      floor: () => hands.floorMs,
      wallClock: () => hands.systemMs,
      monotonic: () => 0,
    });
    assert.is(clock.isKnown(), false);
    assert.equal([...clock.aheadMs], [Number.NaN, Number.NaN, Number.NaN]);
  });

  test('a slow clock is believed against GNSS until signed data bears GNSS out: data may be dated by either', () => {
    const { clock, hands, fixes, off } = handClock();
    hands.floorMs = noon - 24 * hourMs;
    fixes(4, noon + 48 * hourMs);
    assert.is(off(), 0);
    assert.equal([...clock.aheadMs].map(Math.round), [0, 48 * hourMs, 0]);
    hands.floorMs = noon + 48 * hourMs;
    fixes(1, noon + 48 * hourMs);
    assert.is(off(), 48 * hourMs);
    assert.equal([...clock.aheadMs].map(Math.round), [48 * hourMs, 48 * hourMs, 48 * hourMs]);
  });

  test('a step of the system clock by hours is not followed just after the start, nor under rides', () => {
    for (const stepMs of [-5 * hourMs, 5 * hourMs]) {
      const { clock, hands, fixes, off } = handClock('unsynchronised', noon - 24 * hourMs);
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

  test('nothing signed on the bus: GNSS is believed, not under rides, until signed data says who is right', () => {
    for (const wrongMs of [-2 * 365 * 24 * hourMs, 90 * 24 * hourMs, 5 * hourMs]) {
      const { clock, hands, fixes, off } = bareClock(noon + 2 * 365 * 24 * hourMs + wrongMs);
      const now = noon + 2 * 365 * 24 * hourMs;
      fixes(4, now);
      assert.is(off(), now - noon + wrongMs, 'nobody knows of the rides before the start');
      assert.match(String(clock.state().problem), /gnss says .*: not followed while rides are taken/);
      const told = [...clock.aheadMs].map(Math.round);
      assert.equal(told, [0, Math.max(0, -wrongMs), Math.min(0, -wrongMs)]);
      clock.neverRode();
      fixes(1, now);
      assert.is(off(), now - noon);
      assert.equal([clock.state().source, clock.isKnown()], ['gnss', true]);
      const minutes = Math.abs(wrongMs) / 60_000;
      const where = wrongMs > 0 ? `${minutes} min ahead of` : `${minutes} min behind`;
      assert.match(String(clock.state().problem), `the system clock is doubted: it is ${where} gnss`);
      hands.floorMs = now - hourMs / 2;
      fixes(1, now);
      assert.equal([off(), clock.state().problem], [now - noon, undefined]);
    }
  });

  test('nothing signed on the bus, and a receiver that lies: signed data sets the clock right, not under rides', () => {
    const dayMs = 24 * hourMs;
    for (const lieMs of [500 * dayMs, 100 * dayMs, 5 * hourMs, -5 * hourMs, -20 * dayMs]) {
      const { clock, hands, fixes, off } = bareClock();
      clock.neverRode();
      fixes(4, noon + lieMs);
      assert.is(off(), lieMs);
      // Data of the present comes by the time that the system tells.
      assert.equal([...clock.aheadMs].map(Math.round), [lieMs, Math.max(0, lieMs), Math.min(0, lieMs)]);
      hands.floorMs = noon - hourMs / 6;
      fixes(1, noon + lieMs);
      assert.is(off(), 0);
      assert.is(clock.state().source, 'system');
    }
    const { clock, hands, fixes, off } = bareClock();
    clock.neverRode();
    fixes(4, noon + 5 * hourMs);
    clock.rideTaken();
    hands.floorMs = noon;
    fixes(1, noon + 5 * hourMs);
    assert.is(off(), 5 * hourMs);
    assert.match(String(clock.state().problem), /system says .*: not followed while rides are taken/);
  });

  test('a ride since the start, and nobody says any more that there was none before', () => {
    const { clock, fixes, off } = bareClock();
    fixes(1, noon + 5 * hourMs);
    clock.rideTaken();
    clock.neverRode();
    fixes(4, noon + 5 * hourMs);
    assert.is(off(), 0);
  });

  test('signed data that can be read no more still counts: who damages a cache is not believed more easily', () => {
    const { clock, hands, fixes, off } = handClock();
    clock.neverRode();
    hands.floorMs = undefined;
    fixes(4, noon + 5 * hourMs);
    assert.is(off(), 0);
    assert.match(String(clock.state().problem), /gnss says .*: not believed/);
    fixes(4, noon - 5 * hourMs);
    assert.is(off(), 0);
    assert.equal([...clock.aheadMs].map(Math.round), [0, 0, 0]);
  });

  test('dates on the bus that are ahead of all clocks: none is believed, and the feed is reached by what they tell', () => {
    const { clock, hands, fixes } = bareClock(0);
    hands.floorMs = noon + 30 * 24 * hourMs;
    fixes(4, noon);
    assert.is(clock.isKnown(), false);
    assert.equal([...clock.aheadMs].map(Math.round), [Number.NaN, noon, noon]);
    hands.floorMs = noon - hourMs / 2;
    fixes(1, noon);
    assert.equal([clock.state().source, clock.isKnown()], ['gnss', true]);
  });

  test('a fast clock that nothing vouches for: ride codes and the feed set it at once, and it is doubted', () => {
    const hands = { monotonicMs: 3 * hourMs };
    const code = (account: string) => {
      const generatedAtS = (noon + hands.monotonicMs) / 1000;
      return { account, generatedAtS, expiresAtS: generatedAtS + 60 };
    };
    const fast = createClock({
      system: 'unsynchronised',
      floor: () => noon + 3 * hourMs - 60_000,
      wallClock: () => noon + 2_000_000 + hands.monotonicMs,
      monotonic: () => hands.monotonicMs,
    });
    assert.is(fast.hearCode(code('wang')), false);
    assert.equal([fast.isDoubted(), fast.isKnown()], [true, true]);
    assert.match(String(fast.state().problem), /system clock is doubted: by it ride codes look expired/);
    fast.fed();
    fast.rideTaken();
    assert.is(fast.hearCode(code('li')), true);
    assert.equal([fast.now() - noon - hands.monotonicMs, fast.isDoubted()], [0, false]);
    assert.match(String(fast.state().problem), /system clock is doubted: it is 33 min ahead of ride codes/);
    assert.is(fast.state().source, 'codes');
    assert.equal([...fast.aheadMs].map(Math.round), [-2_000_000, 0, -2_000_000]);
  });

  test('codes are not asked where something better is believed', () => {
    const clock = createClock({
      system: 'synchronised',
      floor: () => noon - 60_000,
      wallClock: () => noon + 2_000_000,
      monotonic: () => 0,
    });
    clock.fed();
    const generatedAtS = noon / 1000;
    assert.is(clock.hearCode({ account: 'wang', generatedAtS, expiresAtS: generatedAtS + 60 }), false);
    assert.equal([clock.isDoubted(), clock.state().problem], [false, undefined]);
  });

  test('data of another date is looked at: the time is known, or not, at once', () => {
    const { clock, hands } = bareClock();
    hands.floorMs = noon + 7_200_000;
    clock.review();
    assert.is(clock.isKnown(), false);
    hands.floorMs = noon - 60_000;
    clock.review();
    assert.is(clock.isKnown(), true);
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
