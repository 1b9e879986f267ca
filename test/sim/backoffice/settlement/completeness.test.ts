/** What of a bus's while is awaited, and what is lost with a validator that is gone. */
import * as assert from 'uvu/assert';
import { createCompleteness } from '../../../../sim/backoffice/settlement/completeness.ts';
import { suite } from '../../../harness.ts';

/** The front door reports all the time; the rear door until 100, and under its name another from 500 on, if so. */
function reports({ rearAgainAt }: { readonly rearAgainAt?: number } = {}) {
  const post = (device: string, lastAt: number) => ({ device, bus: 'A1', firstAt: 0, lastAt });
  const run = (device: string, isFirst: 0 | 1, firstAt: number, lastAt: number) => ({
    ...{ device, isFirst, firstSeq: 1, lastSeq: 9, firstAt, lastAt },
  });
  const again = rearAgainAt === undefined ? [] : [run('rear', 0, rearAgainAt, 1000)];
  return {
    posts: [post('front', 1000), post('rear', rearAgainAt === undefined ? 100 : 1000)],
    runs: [run('front', 1, 0, 1000), run('rear', 1, 0, 100), ...again],
  };
}

function told(retiredAt: number | undefined, from: number, to: number, reported = reports()) {
  const retired = new Map(retiredAt === undefined ? [] : [['rear', retiredAt]]);
  const completeness = createCompleteness(reported, retired);
  return [completeness.missing('A1', from, to), completeness.isLost('A1', from, to)];
}

suite('completeness', test => {
  test('a validator that says nothing more is awaited for ever, unless it is retired', () => {
    assert.equal(told(undefined, 0, 90), [[], false]);
    assert.equal(told(undefined, 300, 400), [['rear'], false]);
    assert.equal(told(200, 300, 400), [[], false], 'it was on no bus then');
    assert.equal(told(200, 0, 90), [[], false], 'what it has reported counts');
    assert.equal(told(200, 90, 150), [[], true], 'nobody knows what happened at its door');
    assert.equal(told(200, 150, 250), [[], true]);
    assert.equal(told(200, 900, 1100), [['front'], false], 'the other door is awaited as ever');
  });

  test('one that reports of a later time was there after all; one that takes its place and name is awaited again', () => {
    assert.equal(told(50, 150, 250), [['rear'], false]);
    const replaced = reports({ rearAgainAt: 500 });
    assert.equal(told(200, 300, 400, replaced), [[], false]);
    assert.equal(told(200, 600, 700, replaced), [[], false]);
    assert.equal(told(200, 450, 1100, replaced), [['front', 'rear'], false]);
    assert.equal(told(200, 150, 250, replaced), [[], true]);
  });
});
