/** decide() by property: whatever comes, what must never be decided. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  decide,
  type LinkLookup,
  type Seen,
  type Situation,
  type Status,
  statuses,
} from '../../../device/core/check.ts';
import type { Medium } from '../../../device/core/medium.ts';
import { pilotPolicy } from '../../../device/core/policy.ts';
import { suite } from '../../harness.ts';

const now = Date.parse('2022-06-01T08:00:00+08:00');
const trial = Date.parse('2022-05-23T05:00:00+08:00');

suite('decide: by property', test => {
  const { statusMaxAgeS, linksMaxAgeS } = pilotPolicy.freshness;
  /** Ages around the limits and the present, and any at all. */
  const asOf = (limitS: number) =>
    fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: -120, max: 600 }).map(s => now - s * 1000) },
      { weight: 2, arbitrary: fc.integer({ min: -5, max: 5 }).map(s => now - (limitS + s) * 1000) },
      { weight: 1, arbitrary: fc.double() },
    );
  const denied = fc.constantFrom(false, false, false, true);
  const link: fc.Arbitrary<LinkLookup> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        found: fc.constant(true as const),
        denied,
        status: fc.constantFrom<Status>('green', 'green', 'green', ...statuses),
        linksAsOf: asOf(linksMaxAgeS),
        statusAsOf: asOf(statusMaxAgeS),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ found: fc.constant(false as const), denied, linksAsOf: asOf(linksMaxAgeS) }),
    },
    { weight: 1, arbitrary: fc.record({ unavailable: fc.string() }) },
  );
  const taken: fc.Arbitrary<Medium> = fc.record({
    accepted: fc.constant(true as const),
    medium: fc.record({
      kind: fc.constantFrom('t-union' as const, 'bmac' as const, 'ride-code' as const),
      account: fc.string(),
      cardKind: fc.constantFrom(
        'ordinary' as const,
        'student' as const,
        'senior' as const,
        'unknown' as const,
      ),
      balanceFen: fc.constantFrom(undefined, -100, 0, 99, 100, 5000),
    }),
  });
  const refused: fc.Arbitrary<Medium> = fc.record({
    accepted: fc.constant(false as const),
    presented: fc.constant('code' as const),
    reason: fc.constantFrom('malformed' as const, 'used' as const),
  });
  const anything: fc.Arbitrary<Situation> = fc.record({
    medium: fc.oneof({ weight: 5, arbitrary: taken }, { weight: 1, arbitrary: refused }),
    seen: fc.constantFrom<Seen>('new', 'new', 'new', 'new', 'new', 'new', 'repeat', 'used'),
    link,
    policy: fc.constant(pilotPolicy),
    line: fc.constantFrom('2', '6', '10', '38', '1'),
    now: fc.constantFrom(now, now, now, now, trial, trial - 1, Number.NaN),
    timeKnown: fc.constantFrom(true, true, true, false),
  });

  /** The table's first row, said without decide(). */
  function mayPass({ medium, seen, link: found, line, now: at, timeKnown }: Situation): boolean {
    if (!timeKnown || !medium.accepted || seen !== 'new' || line === '1' || !(at >= trial)) return false;
    if (!('found' in found && found.found) || found.status !== 'green' || found.denied) return false;
    const ages = [at - found.statusAsOf, at - found.linksAsOf] as const;
    if (!(ages[0] <= statusMaxAgeS * 1000 && ages[1] <= linksMaxAgeS * 1000)) return false;
    if (ages.some(age => age < -60_000)) return false;
    const { balanceFen, cardKind, kind } = medium.medium;
    return balanceFen === undefined || balanceFen >= 100 || (cardKind === 'senior' && kind !== 'ride-code');
  }

  test('pass where, and only where: taken, linked, green, both ages within the policy, a checked line and day', () => {
    let passes = 0;
    fc.assert(
      fc.property(anything, s => {
        const isPass = decide(s).verdict.verdict === 'pass';
        assert.is(isPass, mayPass(s));
        passes += Number(isPass);
      }),
      { numRuns: 20_000 },
    );
    assert.ok(passes > 200, `${passes} passes among the samples`);
  });

  test('no fare without an accepted medium; abnormal rides only in the trial', () => {
    fc.assert(
      fc.property(anything, s => {
        const { verdict, fareTaken, phase, fareFen } = decide(s);
        if (fareTaken) assert.ok(s.medium.accepted && verdict.verdict !== 'repeat');
        if (verdict.verdict === 'abnormal') assert.is(fareTaken, phase === 'trial');
        if (!fareTaken) assert.is(fareFen, 0);
      }),
      { numRuns: 10_000 },
    );
  });

  test('unavailable data is never pass, abnormal or not-found; no input throws', () => {
    const wild = fc.record({ now: fc.double(), statusMaxAgeS: fc.double(), enforcedFrom: fc.double() });
    fc.assert(
      fc.property(
        anything,
        fc.string(),
        wild,
        (s, unavailable, { now: at, statusMaxAgeS: limit, enforcedFrom }) => {
          const verdictOf = (situation: Situation) => decide(situation).verdict.verdict;
          assert.not.ok(
            ['pass', 'abnormal', 'not-found'].includes(verdictOf({ ...s, link: { unavailable } })),
          );
          const policy = {
            ...s.policy,
            enforcedFrom,
            freshness: { statusMaxAgeS: limit, linksMaxAgeS: limit },
          };
          assert.type(verdictOf({ ...s, now: at, policy }), 'string');
        },
      ),
      { numRuns: 5000 },
    );
  });
});
