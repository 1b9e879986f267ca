import * as assert from 'uvu/assert';
import { readRules } from '../../../../sim/bus/commands/policy-rules.ts';
import { suite } from '../../../harness.ts';

suite('rules of the policy as they are typed', test => {
  test('each by its name; of the freshness limits those that are named', () => {
    assert.equal(readRules(['lines=2,10', 'repeatWindowS=0']), { lines: ['2', '10'], repeatWindowS: 0 });
    assert.equal(readRules(['statusMaxAgeS=30']), { freshness: { statusMaxAgeS: 30 } });
    assert.equal(readRules(['lines=', 'linksMaxAgeS=0.5', 'statusMaxAgeS=9']), {
      lines: [],
      freshness: { linksMaxAgeS: 0.5, statusMaxAgeS: 9 },
    });
  });

  test('what is no rule, and what is no value of one', () => {
    assert.throws(() => readRules(['lnes=2']), /did you mean lines/);
    for (const word of [
      'repeatWindowS=',
      'repeatWindowS=601',
      'repeatWindowS=x',
      'repeatWindowS=1e1',
      'windowS=0x10',
      'windowS=1.5',
      'statusMaxAgeS=0',
      'linksMaxAgeS',
    ])
      assert.throws(() => readRules([word]), /is a number of (whole )?seconds/, word);
    assert.throws(() => readRules([`lines=${'2'.repeat(17)}`]), /is a list of lines/);
  });
});
