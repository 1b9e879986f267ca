/** What crosses a day's border, or an epoch's: no ride is in two days, none is lost, and whose half is missing pays no more for it. */
import * as assert from 'uvu/assert';
import type { TapRow } from '../../../../sim/backoffice/intake/tap-row.ts';
import { openTrips } from '../../../../sim/backoffice/intake/trips-file.ts';
import { dayNamed } from '../../../../sim/backoffice/settlement/days.ts';
import { settleDay } from '../../../../sim/backoffice/settlement/settle-day.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { codeTap, minute, morning, mostFen, row, takerOf, tariffs, token } from './rows.ts';

/** 2022-06-02 00:00 in Beijing. */
const midnight = morning + 16 * 60 * minute;
const [before, after] = ['2022-06-01', '2022-06-02'].map(dayNamed);

function openOffice(context: TestContext) {
  const dir = temporaryDirectory(context);
  const trips = openTrips(dir);
  context.after(() => trips.close());
  const now = midnight + 10 * 24 * 60 * minute;
  const takeRows = takerOf(trips, () => now);
  const settle = (day = 0) => {
    const { rides, revenueFen, unfinished, waiting, acrossEpochs } = settleDay({
      dir,
      trips,
      tariffs,
      day,
      now,
    });
    return { rides, fen: revenueFen['t-union'] + revenueFen['ride-code'], unfinished, waiting, acrossEpochs };
  };
  return { trips, takeRows, both: () => [settle(before), settle(after)] };
}

const nothing = { rides: 0, fen: 0, unfinished: 0, waiting: 0, acrossEpochs: 0 };

/** A purchase that is paid, and its end. */
function paid(seq: number, at: number, money: Partial<TapRow>): TapRow[] {
  const card = { kind: 't-union', token: token(1), card_kind: 'ordinary', bus: 'A1', fare_taken: 1 } as const;
  const who = { ...card, ...(money.token !== undefined && { token: money.token }) };
  return [
    row(seq, at, { ...card, purchase: 'begun', ...money }),
    row(seq + 1, at + 300, { ...who, event: 'purchase', of_row: seq, purchase: 'paid' }),
  ];
}

suite('a day’s border', test => {
  test('a ride is the day’s on which it began, also where taps follow each other all night', async context => {
    const { takeRows, both } = openOffice(context);
    await takeRows('front', [
      codeTap(1, midnight - 600 * minute, 'on', 's0'),
      codeTap(2, midnight - 400 * minute, 'on', 's3'),
      codeTap(3, midnight - 200 * minute, 'on', 's0'),
      codeTap(4, midnight - 20 * minute, 'on', 's3'),
      codeTap(5, midnight - 10 * minute, 'on', 's0'),
      codeTap(6, midnight + 10 * minute, 'on', 's9'),
      codeTap(7, midnight + 100 * minute, 'on', 's0'),
      codeTap(8, midnight + 120 * minute, 'on', 's3'),
    ]);
    assert.equal(both(), [
      { ...nothing, rides: 3, fen: 150 + 150 + 400 },
      { ...nothing, rides: 1, fen: 150 },
    ]);
  });

  test('a code that turned red on the way and was refused at the rear door pays to there', async context => {
    const { takeRows, both } = openOffice(context);
    const asked = { step: null, fare_taken: 0 } as const;
    await takeRows('front', [codeTap(1, morning, 'on', 's0'), row(2, morning + 600 * minute, { bus: 'A1' })]);
    await takeRows('rear', [
      codeTap(1, morning + minute, 'off', 's1', { ...asked, verdict: 'repeat' }),
      codeTap(2, morning + 30 * minute, 'off', 's3', { ...asked, verdict: 'abnormal', reason: 'red' }),
      row(3, morning + 600 * minute, { bus: 'A1' }),
    ]);
    assert.equal(both()[0], { ...nothing, rides: 1, fen: 150 });
  });

  test('what a card pays the day after for a ride is that ride’s', async context => {
    const { takeRows, both } = openOffice(context);
    const on = { step: 'on', stop: 's2', most_fen: mostFen(2) } as const;
    await takeRows('front', paid(1, midnight - 60 * minute, { ...on, balance_fen: 5000, card_sequence: 7 }));
    assert.equal(both(), [{ ...nothing, rides: 1, unfinished: 1 }, nothing]);
    const owed = { fare_fen: mostFen(2), owed_fen: mostFen(2) };
    await takeRows(
      'other',
      paid(1, midnight + 600 * minute, { ...on, ...owed, bus: 'B7', balance_fen: 5000, card_sequence: 8 }),
    );
    assert.equal(both(), [
      { ...nothing, rides: 1, fen: mostFen(2), unfinished: 1 },
      { ...nothing, rides: 1, unfinished: 1 },
    ]);
  });

  test('a card’s halves under two tokens are one ride; another’s are not', async context => {
    const { takeRows, both } = openOffice(context);
    const on = { step: 'on', stop: 's2', most_fen: mostFen(2), balance_fen: 5000, card_sequence: 7 } as const;
    const off = { step: 'off', stop: 's3', on_stop: 's2', fare_fen: 100, card_sequence: 8 } as const;
    const began = midnight - 10 * minute;
    await takeRows('front', paid(1, began, on));
    await takeRows(
      'rear',
      paid(1, midnight + minute, { ...off, token: token(2), on_at: began - 400, balance_fen: 5000 }),
    );
    assert.equal(both(), [{ ...nothing, rides: 1, fen: 100 }, nothing]);
    await takeRows(
      'rear',
      paid(3, midnight + minute, { ...off, token: token(3), on_at: began - 400, balance_fen: 4000 }),
    );
    assert.equal(both(), [{ ...nothing, rides: 2, fen: 200 }, nothing]);
  });

  test('a code in the day after an epoch’s change pays the shortest ride, however it ended', async context => {
    const { trips, takeRows, both } = openOffice(context);
    trips.prepare('INSERT INTO epoch VALUES (?)').run(midnight);
    await takeRows('front', [
      codeTap(1, midnight - 10 * minute, 'on', 's0'),
      row(2, midnight + 600 * minute, { bus: 'A1' }),
    ]);
    await takeRows('rear', [
      codeTap(1, midnight + 10 * minute, 'off', 's9', { token: token(8) }),
      row(2, midnight + 600 * minute, { bus: 'A1' }),
    ]);
    assert.equal(both(), [
      { ...nothing, rides: 1, fen: 100, unfinished: 1, acrossEpochs: 1 },
      { ...nothing, rides: 1, acrossEpochs: 1 },
    ]);
  });

  test('numbers that a bus has lost: who rode then is never charged to the end of the line', async context => {
    const { takeRows, both } = openOffice(context);
    await takeRows('front', [
      codeTap(1, morning, 'on', 's0'),
      row(30, morning + 600 * minute, { bus: 'A1' }),
    ]);
    assert.equal(both()[0], { ...nothing, rides: 1, unfinished: 1, waiting: 1 });
  });
});
