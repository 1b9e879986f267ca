/** What ride codes may do to a clock, and what a thief with pictures of codes may not. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  type Circumstances,
  type CodeWitness,
  hearCode,
  hearFeed,
  isDoubted,
  noWitness,
  stillValid,
} from '../../../device/core/code-witness.ts';
import { suite } from '../../harness.ts';

const noon = Date.UTC(2022, 5, 10, 4);
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

interface Moment extends Partial<Omit<Circumstances, 'systemMs'>> {
  readonly before?: CodeWitness;
  /** How far the system clock is ahead. */
  readonly fastMs?: number;
  /** It is so much after noon. */
  readonly atMs?: number;
  readonly account?: string;
  /** Of the code. */
  readonly ageMs?: number;
  readonly lifeS?: number;
}

/** A code of ten seconds ago is shown to a clock that is 2000 s fast; the data is of five minutes ago, the feed's last answer too. */
function show(moment: Moment = {}): CodeWitness {
  const {
    before = noWitness,
    fastMs = 2_000_000,
    atMs = 0,
    account = 'wang',
    ageMs = 10_000,
    lifeS = 60,
  } = moment;
  const generatedAtS = (noon + atMs - ageMs) / 1000;
  const circumstances = {
    monotonicMs: atMs,
    systemMs: noon + atMs + fastMs,
    floorMs: noon - 5 * minuteMs,
    fedAtMs: atMs - minuteMs,
    gnssMs: undefined,
    ...moment,
  };
  const witness = stillValid(before, circumstances);
  return hearCode(witness, { account, generatedAtS, expiresAtS: generatedAtS + lifeS }, circumstances);
}

/** How far what is told is from the true time; undefined where nothing is. */
const off = ({ offsetMs }: CodeWitness) => (offsetMs === undefined ? undefined : offsetMs - noon);
const alone = { fedAtMs: undefined };

suite('code witness', test => {
  test('a fresh code and a feed that has nothing newer set the clock', () => {
    assert.is(off(show()), -10_000);
    for (const fastMs of [2_000_000, 1_300_000, 100_000, 300 * 24 * hourMs])
      assert.is(off(show({ fastMs })), -10_000);
  });

  test('an old code is old: signed data is newer, or a code of somebody else was good', () => {
    for (const ageMs of [hourMs, 7 * minuteMs]) {
      assert.equal(show({ fastMs: 0, ageMs }).against, []);
      assert.is(off(show({ fastMs: 0, ageMs })), undefined);
    }
    const stale = { fastMs: 0, floorMs: noon - 50 * minuteMs };
    const good = show({ ...stale, account: 'li' });
    const stolen = show({ ...stale, before: good, atMs: 19 * minuteMs, ageMs: 40 * minuteMs });
    assert.equal([stolen.against, off(stolen)], [[], undefined]);
  });

  test('one code alone is only a doubt: no feed, an answer of long ago, no data, data of hours ago', () => {
    const lone: readonly Moment[] = [
      alone,
      { fedAtMs: -10 * minuteMs },
      { floorMs: undefined },
      { floorMs: noon - 2 * hourMs },
    ];
    for (const moment of lone) {
      const witness = show(moment);
      assert.equal([witness.against.length, off(witness)], [1, undefined]);
      assert.equal(
        stillValid(witness, {
          monotonicMs: 21 * minuteMs,
          systemMs: noon + 21 * minuteMs + 2_000_000,
          floorMs: undefined,
        }).against,
        [],
      );
    }
  });

  test('three passengers agree; one who shows three codes does not, nor do pictures of other times', () => {
    const first = show(alone);
    const second = show({ ...alone, before: first, atMs: 30_000, account: 'li' });
    assert.is(off(second), undefined);
    assert.is(off(show({ ...alone, before: second, atMs: 50_000, account: 'zhao' })), -10_000);
    assert.is(off(show({ ...alone, before: second, atMs: 50_000, account: 'wang' })), undefined);
    const old = { ...alone, fastMs: 0, floorMs: noon - 3 * hourMs };
    const pictures = ['wang', 'li', 'zhao'].reduce(
      (before, account, i) => show({ ...old, before, account, ageMs: (i + 1) * 40 * minuteMs }),
      noWitness,
    );
    assert.equal([pictures.against.length, off(pictures)], [3, undefined]);
  });

  test('a satellite receiver that says the same is a second witness, one that says something else is none', () => {
    assert.is(off(show({ ...alone, gnssMs: noon })), -10_000);
    assert.is(off(show({ ...alone, gnssMs: noon + 2_000_000 })), undefined);
  });

  test('a code that the clock does bear out ends all doubt', () => {
    const good = show({ before: show(), atMs: minuteMs, account: 'li', ageMs: -2_000_000 });
    assert.equal([good.against, off(good), good.borneOutAtMs], [[], undefined, minuteMs]);
  });

  test('further codes move it forward to when they were made, never back while they are good', () => {
    const first = show({ ageMs: 50_000 });
    const second = show({ before: first, atMs: 5000, account: 'li', ageMs: 1000 });
    assert.equal([off(first), off(second)], [-50_000, -1000]);
    assert.is(off(show({ before: second, atMs: 10_000, account: 'zhao', ageMs: 30_000 })), -1000);
  });

  /** A version comes that the feed did not have `withinMs` ago. */
  function bring(
    before: CodeWitness,
    fastMs: number,
    signedAgoMs: number,
    { withinMs = minuteMs, atMs = 0 } = {},
  ): CodeWitness {
    const now = { monotonicMs: atMs, systemMs: noon + atMs + fastMs, floorMs: undefined };
    return hearFeed(stillValid(before, now), { signedAt: noon + atMs - signedAgoMs, withinMs }, now);
  }

  test('a version that the feed has just signed raises a doubt, and sets no clock', () => {
    const doubted = bring(noWitness, 2_000_000, 30_000);
    assert.equal([isDoubted(doubted), off(doubted)], [true, undefined]);
    assert.is(isDoubted(bring(doubted, 2_000_000, 30_000)), true);
    assert.is(
      isDoubted(bring(doubted, 2_000_000, 3 * hourMs, { withinMs: 3 * hourMs })),
      true,
      'says nothing',
    );
    // Published slowly, cached, signed by a clock ahead, or nobody knows since when it is there.
    for (const lateMs of [9 * minuteMs, 11 * minuteMs, 29 * minuteMs, -hourMs])
      assert.is(isDoubted(bring(noWitness, 0, lateMs)), false);
    assert.is(isDoubted(bring(noWitness, 0, 3 * hourMs, { withinMs: 3 * hourMs })), false);
    assert.is(isDoubted(bring(doubted, 2_000_000, -2_000_000)), false);
    assert.is(isDoubted(show({ before: doubted, ageMs: -2_000_000 })), false);
  });

  test('a cache that is late, by minutes or by hours, raises no doubt of a clock that is right', () => {
    const borneOut = show({ fastMs: 0, atMs: -3 * hourMs, floorMs: undefined });
    assert.is(isDoubted(bring(borneOut, 0, hourMs)), false, 'a code has been good');
    // It takes up what is new every two hours: then something of the last minutes is there, later nothing.
    const inTime = bring(noWitness, 0, 5 * minuteMs);
    assert.is(isDoubted(bring(inTime, 0, 100 * minuteMs, { atMs: 4 * hourMs })), false);
    const late = bring(noWitness, 0, 100 * minuteMs);
    assert.is(isDoubted(late), true, 'nothing tells it from a fast clock yet');
    assert.is(isDoubted(bring(late, 0, 5 * minuteMs, { atMs: hourMs })), false);
    const { monotonicMs, systemMs } = { monotonicMs: hourMs, systemMs: noon + hourMs };
    const fed = stillValid(late, { monotonicMs, systemMs, floorMs: systemMs - 5 * minuteMs });
    assert.is(isDoubted(fed), false, 'data of five minutes ago is here');
    // The clock is set: nothing is known of it.
    assert.is(isDoubted(bring(inTime, 2_000_000, 30_000)), true);
  });

  test('behind a late cache, what had come in time shows that a picture of a code is old', () => {
    const late = { fastMs: 0, atMs: hourMs, floorMs: noon - 5 * minuteMs, fedAtMs: hourMs };
    const inTime = stillValid(noWitness, { monotonicMs: 0, systemMs: noon, floorMs: noon - 5 * minuteMs });
    for (const ageMs of [10 * minuteMs, 40 * minuteMs]) {
      const picture = show({ ...late, before: inTime, ageMs });
      assert.equal([picture.against, off(picture)], [[], undefined]);
    }
    // By a clock that is fast nothing had come in time; what came then tells it, and the time since.
    const fast = { ...late, fastMs: 2_000_000, ageMs: 10_000 };
    const before = stillValid(noWitness, { monotonicMs: 0, systemMs: noon + 2_000_000, floorMs: noon });
    assert.is(off(show({ ...fast, before, floorMs: noon })), 0);
  });

  test('a step of the system clock is another clock: what was said of the former counts for nothing', () => {
    const stepped = stillValid(show(), { monotonicMs: 1000, systemMs: noon + 1000, floorMs: undefined });
    assert.equal([stepped.against, off(stepped)], [[], undefined]);
  });

  test('a code from the future, or one that claims to be good for longer than any, says nothing', () => {
    assert.equal(show({ fastMs: -hourMs }).against, []);
    assert.equal(show({ lifeS: 1201 }).against, []);
  });

  test('whatever is shown, nothing before the signed data is told, nor after the system clock', () => {
    const moment = fc.record({
      account: fc.constantFrom('wang', 'li', 'zhao', 'chen'),
      ageMs: fc.integer({ min: -hourMs, max: 3 * hourMs }),
      lifeS: fc.integer({ min: 1, max: 1200 }),
      fastMs: fc.constantFrom(0, 100_000, 2_000_000),
      fedAtMs: fc.constantFrom(undefined, 0),
    });
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 12 }), moments => {
        let before = noWitness;
        for (const [i, one] of moments.entries()) {
          before = show({ ...one, before, atMs: i * 1000 });
          const told = off(before);
          if (told === undefined) continue;
          assert.ok(told >= -5 * minuteMs - i * 1000, `${told}`);
          assert.ok(told <= one.fastMs + 20_000, `${told}`);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
