import * as assert from 'uvu/assert';
import { createJudge, type Signs } from '../../../device/update/trial.ts';
import { suite } from '../../harness.ts';

const limits = { faultsBefore: ['gnss gnss'], feedAnswered: true, confirmWithinMs: 300_000 };
const good: Signs = { settled: true, faults: [], feedAnswered: true, answerTap: () => undefined };
const noTap = () => {
  throw new Error('the journal takes no rows');
};

/** @returns what it comes to, and after how many seconds; asked once a second */
function judge(signsAt: (second: number) => Signs, given = limits) {
  const ask = createJudge(given);
  for (let second = 1; second <= 1000; second++) {
    const judgement = ask(second * 1000, signsAt(second));
    if (judgement.kind !== 'wait') return { second, ...judgement };
  }
  throw new Error('no end');
}

suite('a trial', test => {
  test('is passed after ten seconds of everything as before', () => {
    assert.equal(
      judge(() => good),
      { second: 11, kind: 'good' },
    );
    const old = { ...good, faults: ['gnss gnss'] };
    assert.equal(
      judge(() => old),
      { second: 11, kind: 'good' },
    );
  });

  test('the ten seconds begin anew after each fault', () => {
    const flaps = (second: number) =>
      second % 8 === 0 && second < 60 ? { ...good, faults: ['psam psam'] } : good;
    assert.equal(judge(flaps), { second: 67, kind: 'good' });
  });

  test('is failed by what did not fail before, with words for it', () => {
    const cases: readonly [Partial<Signs>, RegExp][] = [
      [{ faults: ['gnss gnss', 'card-reader front'] }, /not there before: card-reader front$/],
      [{ settled: false }, /not all parts have started/],
      [{ answerTap: noTap }, /a tap is not answered: the journal takes no rows/],
      [{ feedAnswered: false }, /the feed has not answered/],
    ];
    for (const [signs, why] of cases) {
      const judged = judge(() => ({ ...good, ...signs }));
      assert.is(judged.second, 300);
      assert.match('why' in judged ? judged.why : '', why);
    }
  });

  test('a feed that did not answer before need not answer now', () => {
    const silent = { ...good, feedAnswered: false };
    assert.is(judge(() => silent, { ...limits, feedAnswered: false }).kind, 'good');
  });

  test('what becomes good in the last seconds has not been so for long enough', () => {
    const late = judge(second => ({ ...good, settled: second > 295 }));
    assert.equal(late, { second: 300, kind: 'bad', why: 'it was not good for long enough' });
  });
});
