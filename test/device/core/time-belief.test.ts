import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { nextBelief, noBelief, type TimeEvidence, timesTold } from '../../../device/core/time-belief.ts';
import { suite } from '../../harness.ts';

const noon = Date.UTC(2022, 5, 10, 4);
const hour = 3_600_000;
const week = 168 * hour;

type Moment = Partial<Omit<TimeEvidence, 'fix'>> & { readonly fixMs?: number };

/** One look a second; times are given as they would be at the first. */
function run(...moments: readonly Moment[]) {
  let belief = noBelief;
  for (const [i, { fixMs, systemMs = noon, ...rest }] of moments.entries()) {
    const monotonicMs = i * 1000;
    belief = nextBelief(belief, {
      monotonicMs,
      synchronised: false,
      floorMs: noon - hour,
      quiet: false,
      ...rest,
      systemMs: systemMs + monotonicMs,
      ...(fixMs !== undefined && { fix: { timeMs: fixMs + monotonicMs, monotonicMs } }),
    });
  }
  const { offsetMs, source, plausible, problem } = belief;
  return { off: offsetMs - noon, source, plausible, problem };
}

const times = (count: number, moment: Moment) => Array.from({ length: count }, () => moment);

suite('time belief', test => {
  test('a plausible system clock is believed; 1970, before the signed data and years ahead are not', () => {
    assert.is(run({}).source, 'system');
    for (const systemMs of [0, noon - 2 * hour, noon + 400 * 24 * hour, Number.NaN]) {
      assert.is(run({ systemMs }).plausible, false);
    }
    assert.is(run({ systemMs: 0 }, {}).plausible, true);
    assert.is(run({ systemMs: Date.UTC(2099, 0), floorMs: undefined }).plausible, false);
  });

  test('three agreeing fixes set an implausible clock right; one or two, or jumping ones, do not', () => {
    const lost = { systemMs: 0 };
    assert.is(run(...times(2, { ...lost, fixMs: noon })).plausible, false);
    assert.equal(run(...times(3, { ...lost, fixMs: noon })), {
      off: 0,
      source: 'gnss',
      plausible: true,
      problem: undefined,
    });
    const jumping = [0, 1, 2, 3].map(i => ({ ...lost, fixMs: noon + i * hour }));
    assert.is(run(...jumping).plausible, false);
  });

  test('a receiver whose time stands still does not hold the clock back, and is a fault until it goes on', () => {
    const right = times(3, { fixMs: noon });
    const stuck = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ fixMs: noon + 2000 - (i + 2) * 1000 }));
    const held = run(...right, ...stuck(30));
    assert.is(held.off, 0);
    assert.match(String(held.problem), /stands still/);
    assert.is(run(...right, ...stuck(2)).problem, undefined, 'a sentence that came twice');
    const back = run(...right, ...stuck(30), ...times(3, { fixMs: noon }));
    assert.equal([back.source, back.off, back.problem], ['gnss', 0, undefined]);
  });

  test('a week rollover is set right', () => {
    assert.is(run(...times(3, { systemMs: 0, fixMs: noon - 1024 * week })).off, 0);
    assert.is(run(...times(3, { systemMs: 0, fixMs: noon - 900 * week })).plausible, false);
  });

  test('a receiver that lies by hours is not followed under rides, is a fault, and mends', () => {
    for (const lieMs of [5 * hour, -hour / 2, -5 * hour]) {
      const lying = run({}, ...times(5, { fixMs: noon + lieMs }));
      assert.is(lying.off, 0);
      assert.match(String(lying.problem), /gnss says/);
      const mended = run({}, ...times(5, { fixMs: noon + lieMs }), ...times(3, { fixMs: noon }));
      assert.is(mended.problem, undefined);
    }
  });

  test('a receiver that lies by hours is not followed at the terminus either: no data bears it out', () => {
    for (const lieMs of [5 * hour, -5 * hour]) {
      const lying = run({ quiet: true }, ...times(5, { quiet: true, fixMs: noon + lieMs }));
      assert.is(lying.off, 0);
      assert.match(String(lying.problem), /gnss says/);
    }
  });

  test('nothing signed on the bus: GNSS is believed over a bare system clock, and over nothing that is better', () => {
    const bare = { floorMs: undefined, quiet: true, fixMs: noon + 5 * hour };
    const told = run(...times(4, bare));
    assert.equal([told.source, told.off], ['gnss', 5 * hour]);
    assert.match(
      String(told.problem),
      /system clock is doubted: it is 300 min behind gnss, and no signed data/,
    );
    assert.is(run(...times(2, bare)).source, 'system', 'not yet agreed');
    const synchronised = run(...times(4, { ...bare, synchronised: true }));
    assert.equal([synchronised.source, synchronised.off], ['synchronised', 0]);
    const codes = { against: [], aheadOfFeedMs: undefined, offsetMs: noon - hour };
    assert.is(run(...times(4, { ...bare, codes })).source, 'codes');
    assert.is(
      run(...times(4, { ...bare, fixMs: Date.UTC(2020, 0) })).source,
      'system',
      'before this firmware',
    );
    const agreed = run(...times(4, { ...bare, fixMs: noon + 60_000 }));
    assert.equal([agreed.source, agreed.problem], ['gnss', undefined]);
  });

  test('the earliest and the latest time told: plausible ones, and without a belief those that can be', () => {
    const evidence = { monotonicMs: 0, systemMs: noon, floorMs: noon - hour };
    const gnss = { offsetMs: noon + 5 * hour, timeMs: 0, heardAtMs: 0, agreeing: 3, jumped: false };
    const belief = { ...noBelief, offsetMs: noon - hour / 2, plausible: true, gnss };
    assert.equal(timesTold(belief, evidence), { earliest: noon - hour / 2, latest: noon + 5 * hour });
    const lying = { ...belief, gnss: { ...gnss, offsetMs: noon - 5 * hour } };
    assert.equal(timesTold(lying, evidence), { earliest: noon - hour / 2, latest: noon });
    const once = { ...belief, gnss: { ...gnss, agreeing: 1 } };
    assert.equal(timesTold(once, evidence), { earliest: noon - hour / 2, latest: noon });
    const [dead, none] = [
      { ...evidence, systemMs: 0, floorMs: noon + 720 * hour },
      { ...noBelief, gnss },
    ];
    assert.equal(timesTold(none, dead), { earliest: noon + 5 * hour, latest: noon + 5 * hour });
    assert.is(timesTold(noBelief, dead), undefined);
  });

  test('a clock that ran ahead is set back only while no rides are taken', () => {
    const ahead = { systemMs: noon + 5 * hour, floorMs: noon - hour / 2 };
    const told = times(3, { ...ahead, fixMs: noon });
    assert.is(run(ahead, ...told).off, 5 * hour);
    assert.is(run(ahead, ...told, { ...ahead, quiet: true }).off, 0);
  });

  test('small steps do not add up under rides', () => {
    const drifting = Array.from({ length: 60 }, (_, i) => ({
      fixMs: noon - i * 1900,
      floorMs: noon - hour / 2,
    }));
    const { off, problem } = run(
      {},
      ...drifting,
      ...times(100, { fixMs: noon - 150_000, floorMs: noon - hour / 2 }),
    );
    assert.ok(off >= -120_000, String(off));
    assert.match(String(problem), /not followed/);
  });

  test('a wrong date is not set right by weeks that only happen to fit, and a receiver that jumps is a fault', () => {
    assert.is(run(...times(3, { systemMs: 0, fixMs: noon - 1000 * week })).plausible, false);
    const jumping = [0, 1, 2, 3].map(i => ({ fixMs: noon + i * hour }));
    assert.match(String(run(...jumping).problem), /jumps/);
    assert.is(run(...jumping, ...times(3, { fixMs: noon })).problem, undefined);
  });

  test('a synchronised clock is followed forward at once, not back under rides', () => {
    assert.is(run({}, { systemMs: noon + 5 * hour, synchronised: true }).off, 5 * hour);
    assert.is(run({}, { systemMs: noon - hour / 2, synchronised: true }).off, 0);
  });

  test('never back by more than two minutes under rides, and plausible only where it is', () => {
    const moment = fc.record({
      systemMs: fc.integer({ min: noon - 3 * hour, max: noon + 9 * hour }),
      fixMs: fc.integer({ min: noon - 3 * hour, max: noon + 9 * hour }),
      synchronised: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(moment, { minLength: 1, maxLength: 12 }), moments => {
        const before = run(...moments.slice(0, -1));
        const after = run(...moments);
        if (moments.length > 1 && before.plausible) assert.ok(after.off >= before.off - 120_000);
        const elapsedMs = (moments.length - 1) * 1000;
        if (after.plausible) assert.ok(after.off + elapsedMs >= -hour - 60_000);
      }),
      // Rare: a time within seconds of the bound.
      {
        numRuns: 1000,
        examples: [
          [
            [
              { systemMs: noon - 3 * hour, fixMs: noon - 3 * hour, synchronised: false },
              { systemMs: noon - hour - 61_000, fixMs: noon - 3 * hour, synchronised: false },
            ],
          ],
        ],
      },
    );
  });
});
