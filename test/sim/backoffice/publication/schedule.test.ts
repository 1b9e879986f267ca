/** When the feed is published next, with time in the test's hands. */
import * as assert from 'uvu/assert';
import {
  dueAtOnce,
  type PublishTimes,
  whenBegun,
  whenEnded,
  whenUrgent,
} from '../../../../sim/backoffice/publication/schedule.ts';
import { suite } from '../../../harness.ts';

const times: PublishTimes = {
  everyMs: 60_000,
  debounceMs: 200,
  pauseMs: 1000,
  atMost: { publications: 3, withinMs: 100_000 },
};
const start = 1_000_000;
const published = (schedule = dueAtOnce(start), at = start, hasFailed = false) =>
  whenEnded(whenBegun(schedule), times, at, hasFailed);

suite('schedule of publications', test => {
  test('at once, then regularly', () => {
    assert.is(dueAtOnce(start).dueAt, start);
    assert.is(whenBegun(dueAtOnce(start)).dueAt, Number.POSITIVE_INFINITY);
    assert.is(published().dueAt, start + times.everyMs);
  });

  test('urgent changes come along with the first of them', () => {
    const first = whenUrgent(published(), times, start + 5000);
    assert.is(first.dueAt, start + 5200);
    assert.is(whenUrgent(first, times, start + 5100).dueAt, start + 5200);
  });

  test('an urgent change puts off nothing that is due before it', () => {
    assert.is(whenUrgent(published(), times, start + times.everyMs - 1).dueAt, start + times.everyMs);
  });

  test('an urgent change waits for the pause after a publication', () => {
    assert.is(whenUrgent(published(), times, start + 10).dueAt, start + times.pauseMs);
  });

  test('what becomes urgent during a publication is due after its pause', () => {
    const during = whenUrgent(whenBegun(published()), times, start + 30_000);
    assert.is(whenEnded(during, times, start + 40_000, false).dueAt, start + 41_000);
  });

  test('a publication that failed is tried again early, but not more often than the others', () => {
    assert.is(published(dueAtOnce(start), start, true).dueAt, start + 5000);
    const quick = { ...times, everyMs: 3000 };
    assert.is(whenEnded(whenBegun(dueAtOnce(start)), quick, start, true).dueAt, start + 3000);
  });

  test('after as many versions as validators can follow, urgent changes wait', () => {
    const ends = [start, start + 2000, start + 4000];
    const third = ends.reduce((schedule, at) => published(schedule, at), dueAtOnce(start));
    assert.is(
      whenUrgent(third, times, start + 5000).dueAt,
      start + 4000 + times.everyMs,
      'the regular one goes on',
    );
    const slow = { ...times, everyMs: 3_600_000 };
    const free = ends.reduce(
      (schedule, at) => whenEnded(whenBegun(schedule), slow, at, false),
      dueAtOnce(start),
    );
    assert.is(whenUrgent(free, slow, start + 5000).dueAt, start + 100_000);
    assert.is(free.endedAt.length, 3, 'and only those that count are kept');
  });
});
