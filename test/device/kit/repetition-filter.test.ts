/** What is said again, on a clock in the test's hands. */
import * as assert from 'uvu/assert';
import { createRepetitionFilter } from '../../../device/kit/repetition-filter.ts';
import { suite } from '../../harness.ts';

const minuteMs = 60_000;

suite('repetition filter', test => {
  test('each text is news once in ten minutes, also where two come by turns, and all is when forgotten', () => {
    let now = 0;
    const { isNews, forget } = createRepetitionFilter(() => now);
    const said: string[] = [];
    for (; now < 25 * minuteMs; now += 1000) {
      for (const text of ['a', 'b']) if (isNews(text)) said.push(text);
    }
    assert.is(said.join(''), 'ababab');
    assert.ok(isNews('c'));
    forget();
    assert.ok(isNews('a') && isNews('c') && !isNews('a'));
  });

  test('texts without end cost no memory', () => {
    const { isNews } = createRepetitionFilter(() => 0);
    for (let i = 0; i < 1000; i++) assert.ok(isNews(String(i)));
    assert.ok(isNews('0'), 'it is forgotten');
    assert.not.ok(isNews('999'));
  });
});
