import * as assert from 'uvu/assert';
import { WrongUsage } from '../../../../device/kit/errors.ts';
import { secondsToWait } from '../../../../sim/bus/commands/duration.ts';
import { suite } from '../../../harness.ts';

const now = Date.parse('2022-05-22T23:50:00+08:00');

suite('how long a tester waits', test => {
  test('numbers are seconds, units are one letter, an instant is waited for', () => {
    const waits = { 0: 0, 5: 5, '0.5': 0.5, '90s': 90, '15m': 900, '1.5h': 5400, '31d': 2_678_400 };
    for (const [word, seconds] of Object.entries(waits)) assert.is(secondsToWait(word, now), seconds, word);
    for (const word of ['2022-05-23T00:00+08:00', '2022-05-22T16:00:00Z', '2022-05-22T16:00:00.000Z'])
      assert.is(secondsToWait(word, now), 600, word);
  });

  test('what is none of these, too long, or past', () => {
    for (const word of [
      undefined,
      '',
      '-1',
      '1e3',
      '2w',
      '2H',
      'h',
      '1h30m',
      '32d',
      '99999999',
      'soon',
      '5,5',
    ])
      assert.throws(() => secondsToWait(word, now), /DURATION is 0 to 31 days/, word);
    assert.throws(
      () => secondsToWait('2022-05-22T23:49:59+08:00', now),
      /is past: on the bus it is 2022-05-22 23:50:00 \+08:00/,
    );
    assert.throws(() => secondsToWait('2022-07-01T00:00Z', now), /more than 31 days after/);
    assert.throws(() => secondsToWait('2022-05-32T00:00Z', now), /ISO 8601/);
    assert.throws(
      () => secondsToWait('2022-05-23', now),
      (error: unknown) => error instanceof WrongUsage,
    );
  });
});
