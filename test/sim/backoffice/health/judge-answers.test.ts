/** What is made of answers: the newest good one, unknown where two disagree, nothing out of the future or the past. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { statuses } from '../../../../device/core/check.ts';
import { judgeAnswers } from '../../../../sim/backoffice/health/judge-answers.ts';
import { suite } from '../../../harness.ts';

const rules = { clockToleranceMs: 1000, testMaxAgeH: 48 };
const now = 1_000_000;
const none = { status: 'unknown', at: 0 } as const;
const status = fc.constantFrom(...statuses);
const answer = fc.record({ status, at: fc.integer({ min: 999_990, max: 1_001_010 }) });

suite('judge answers', test => {
  for (const [what, answers, last, expected] of [
    ['none', [], none, undefined],
    ['one', [{ status: 'green', at: 5 }], none, { status: 'green', at: 5 }],
    [
      'the newest of two',
      [
        { status: 'green', at: 5 },
        { status: 'red', at: 6 },
      ],
      none,
      { status: 'red', at: 6 },
    ],
    [
      'two of one moment',
      [
        { status: 'green', at: 5 },
        { status: 'red', at: 5 },
      ],
      none,
      { status: 'unknown', at: 5 },
    ],
    [
      'one twice',
      [
        { status: 'red', at: 5 },
        { status: 'red', at: 5 },
      ],
      none,
      { status: 'red', at: 5 },
    ],
    [
      'against the last, of its moment',
      [{ status: 'green', at: 5 }],
      { status: 'red', at: 5 },
      { status: 'unknown', at: 5 },
    ],
    [
      'as the last, of its moment',
      [{ status: 'red', at: 5 }],
      { status: 'red', at: 5 },
      { status: 'red', at: 5 },
    ],
    ['older than the last', [{ status: 'green', at: 4 }], { status: 'red', at: 5 }, undefined],
    [
      'after a last answer of the future, stored under a wrong clock',
      [{ status: 'red', at: 5 }],
      { status: 'green', at: now + 1001 },
      { status: 'red', at: 5 },
    ],
    ['of the future', [{ status: 'green', at: now + 1001 }], none, undefined],
    [
      'a green code with an old test',
      [{ status: 'green', at: 5, testAgeH: 48.5 }],
      none,
      { status: 'popup', at: 5 },
    ],
    [
      'a green code with a test just in time',
      [{ status: 'green', at: 5, testAgeH: 48 }],
      none,
      { status: 'green', at: 5 },
    ],
    [
      'a red code with an old test',
      [{ status: 'red', at: 5, testAgeH: 999 }],
      none,
      { status: 'red', at: 5 },
    ],
  ] as const) {
    test(what, () => assert.equal(judgeAnswers(answers, last, rules, now), expected));
  }

  test('green only where the newest possible answers all say so', () => {
    const anything = fc.property(fc.array(answer, { maxLength: 6 }), answer, (answers, last) => {
      const judged = judgeAnswers(answers, last, rules, now);
      if (judged === undefined) return;
      const latest = now + rules.clockToleranceMs;
      assert.ok((judged.at >= last.at || last.at > latest) && judged.at <= latest);
      if (judged.status !== 'green') return;
      for (const each of [...answers, last]) {
        if (each.at === judged.at) assert.is(each.status, 'green');
        else assert.ok(each.at < judged.at || each.at > now + rules.clockToleranceMs);
      }
    });
    fc.assert(anything, { numRuns: 1000 });
  });
});
