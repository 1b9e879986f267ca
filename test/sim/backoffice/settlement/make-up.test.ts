/** Making up a missed tap-off: whose rides are shown, for how long, and what it makes of the day. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { pilotPolicy } from '../../../../device/core/policy.ts';
import { officeFeed, openOfficeData } from '../../../../sim/backoffice/office-data.ts';
import { dayNamed } from '../../../../sim/backoffice/settlement/days.ts';
import { createMakeUp } from '../../../../sim/backoffice/settlement/make-up.ts';
import { noteRetired } from '../../../../sim/backoffice/settlement/retired.ts';
import { settleDay } from '../../../../sim/backoffice/settlement/settle-day.ts';
import { readTariffs } from '../../../../sim/backoffice/settlement/tariffs.ts';
import { tokenOf } from '../../../../sync/fleet-keys.ts';
import { currentKey, startEpoch } from '../../../../sync/publisher/epochs/epoch-keys.ts';
import { feedPlaces } from '../../../../sync/publisher/feed-places.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { card, rideCode } from '../small-office.ts';
import { codeTap, lineTwo, minute, morning, mostFen, row, takerOf } from './rows.ts';

const day = 24 * 60 * minute;

async function office(context: TestContext) {
  const dir = join(temporaryDirectory(context), 'office');
  mkdirSync(dir);
  const data = openOfficeData(dir);
  context.after(() => data.close());
  const feed = officeFeed(dir);
  writeFileSync(feedPlaces(feed).lines, stringify({ lines: [lineTwo] }));
  let now = morning + day;
  const makeUp = createMakeUp(dir, feed, data.trips, () => now);
  return {
    ...{ dir, feed, makeUp, trips: data.trips, takeRows: takerOf(data.trips, () => now) },
    setNow(at: number) {
      now = at;
    },
    settle: () =>
      settleDay({ dir, trips: data.trips, tariffs: readTariffs(dir), day: dayNamed('2022-06-01'), now }),
  };
}

suite('making up', test => {
  test('a code’s ride: shown to its owner, priced anew, once', async context => {
    const { dir, feed, makeUp, takeRows, settle, setNow } = await office(context);
    const [mine, other] = [rideCode(1), rideCode(2)];
    const token = tokenOf(currentKey(feed), mine.kind, mine.account);
    await takeRows('front', [
      codeTap(1, morning, 'on', 's0', { token }),
      row(2, morning + 600 * minute, { bus: 'A1' }),
    ]);
    // The key of the epoch before is still known.
    startEpoch(feed, morning + 2 * day);
    assert.equal(makeUp.missedBy([other]), []);
    setNow(morning + 200 * minute);
    assert.equal(makeUp.missedBy([mine]), [], 'it may still be tapped off');
    setNow(morning + day);
    const [missed] = makeUp.missedBy([other, mine]);
    assert.equal([missed?.line, missed?.from?.zh, missed?.fareFen], ['2', '第0站', mostFen(0)]);
    assert.equal(
      missed?.stops.map(({ id }) => id),
      lineTwo.stops.slice(1).map(({ id }) => id),
    );
    noteRetired(dir, 'front', morning + minute);
    assert.is(makeUp.missedBy([mine]).length, 1, 'it has reported all the same');
    await takeRows('rear', [row(1, morning - minute, { bus: 'A1' })]);
    noteRetired(dir, 'rear', morning + minute);
    assert.equal(makeUp.missedBy([mine]), [], 'it pays the shortest ride already');
    noteRetired(dir, 'rear', morning - minute / 2);
    const ride = missed?.ride ?? 0;
    assert.is(settle().revenueFen['ride-code'], mostFen(0));
    assert.equal(makeUp.makeUp([other], ride, 's3'), { done: false, why: 'no-ride' });
    assert.equal(makeUp.makeUp([mine], ride, 's0'), { done: false, why: 'no-stop' });
    assert.equal(makeUp.makeUp([mine], ride, 'x'), { done: false, why: 'no-stop' });
    const made = makeUp.makeUp([mine], ride, 's3');
    assert.equal(made, { done: true, kind: 'ride-code', fareFen: 150, refundFen: mostFen(0) - 150 });
    assert.equal(makeUp.makeUp([mine], ride, 's1'), { done: false, why: 'no-ride' });
    assert.is(makeUp.missedBy([mine])[0]?.madeUp?.zh, '第3站');
    const { revenueFen, unfinished, madeUp, earlier } = settle();
    assert.equal([revenueFen['ride-code'], unfinished, madeUp, earlier.length], [150, 0, 1, 1]);
    setNow(morning + 7 * day + 1);
    assert.equal(makeUp.missedBy([mine]), [], 'too long ago');
    writeFileSync(feedPlaces(feed).policy, policyText(10));
    setNow(morning + 8 * day);
    assert.is(makeUp.missedBy([mine]).length, 1, 'the policy names other days');
    assert.is(makeUp.days(), 10);
  });

  test('a card’s ride: what it pays all the same is to be given back', async context => {
    const { feed, makeUp, takeRows, settle } = await office(context);
    const token = tokenOf(currentKey(feed), 't-union', card(1).account);
    const pays = { kind: 't-union', token, card_kind: 'student', bus: 'A1', fare_taken: 1 } as const;
    const on = {
      ...pays,
      step: 'on',
      stop: 's0',
      most_fen: mostFen(0),
      purchase: 'begun',
      balance_fen: 5000,
    } as const;
    await takeRows('front', [
      row(1, morning, { ...on, card_sequence: 1 }),
      row(2, morning, { ...pays, event: 'purchase', of_row: 1, purchase: 'paid' }),
      row(3, morning + 600 * minute, { ...on, fare_fen: mostFen(0), owed_fen: mostFen(0), card_sequence: 2 }),
      row(4, morning + 600 * minute, { ...pays, event: 'purchase', of_row: 3, purchase: 'paid' }),
    ]);
    const [later, missed] = makeUp.missedBy([card(1)]);
    assert.equal([later?.fareFen, missed?.fareFen], [mostFen(0), mostFen(0)]);
    const made = makeUp.makeUp([card(1)], missed?.ride ?? 0, 's3');
    assert.equal(made, { done: true, kind: 't-union', fareFen: 75, refundFen: mostFen(0) - 75 });
    const { revenueFen, refundFen, madeUp, unfinished } = settle();
    assert.equal([revenueFen['t-union'], refundFen, madeUp, unfinished], [mostFen(0), mostFen(0) - 75, 1, 1]);
  });
});

function policyText(makeUpDays: number): string {
  const { registrationFrom, trialFrom, enforcedFrom, ...rest } = pilotPolicy;
  const [registration, trial, enforced] = [registrationFrom, trialFrom, enforcedFrom].map(at =>
    new Date(at).toISOString(),
  );
  const dates = { registrationFrom: registration, trialFrom: trial, enforcedFrom: enforced };
  return stringify({ ...rest, ...dates, fare: { ...pilotPolicy.fare, makeUpDays } });
}
