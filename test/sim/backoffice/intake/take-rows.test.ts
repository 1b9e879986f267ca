/** Rows of journals, as they come: once and again, in disorder, contradicting each other, and no rows at all. */
import { rejects } from 'node:assert/strict';
import * as assert from 'uvu/assert';
import { createRuns } from '../../../../sim/backoffice/intake/runs.ts';
import { openTrips } from '../../../../sim/backoffice/intake/trips-file.ts';
import { readCompleteness } from '../../../../sim/backoffice/settlement/completeness.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { codeTap, minute, morning, row, takerOf } from '../settlement/rows.ts';

function openIntake(context: TestContext, now = morning + 24 * 60 * minute) {
  const trips = openTrips(temporaryDirectory(context));
  context.after(() => trips.close());
  const takeRows = takerOf(trips, () => now);
  return { trips, takeRows, rows: () => trips.prepare('SELECT count(*) FROM tap').pluck().get() };
}

suite('intake', test => {
  test('a row is taken once, however often it comes', async context => {
    const { takeRows, rows } = openIntake(context);
    const [one, two] = [codeTap(1, morning, 'on', 's0'), codeTap(2, morning, 'off', 's1')];
    assert.equal(await takeRows('front', [one]), { new: 1, known: 0, refused: 0, problems: [] });
    assert.equal(await takeRows('front', [one, two, one]), { new: 1, known: 2, refused: 0, problems: [] });
    assert.equal(await takeRows('rear', [one]), { new: 1, known: 0, refused: 0, problems: [] });
    assert.is(rows(), 3);
  });

  test('a later epoch’s numbers are its own', async context => {
    const { takeRows, rows } = openIntake(context);
    const [one, other] = [codeTap(1, morning, 'on', 's0'), codeTap(1, morning + minute, 'on', 's1')];
    await takeRows('front', [one]);
    assert.is((await takeRows('front', [other])).refused, 1);
    assert.equal(await takeRows('front', [other], 2), { new: 1, known: 0, refused: 0, problems: [] });
    assert.equal(await takeRows('front', [other, one], 2), {
      ...{ new: 0, known: 1, refused: 1 },
      problems: ['row 1: another at was taken before under this number'],
    });
    assert.is(rows(), 2);
  });

  test('another row under a number that was taken is refused, in whatever column it differs', async context => {
    const { takeRows, rows } = openIntake(context);
    const taken = codeTap(1, morning, 'on', 's0');
    await takeRows('front', [taken]);
    for (const [column, other] of [
      ['stop', { stop: 's1' }],
      ['stop', { stop: null }],
      ['at', { at: morning + 1 }],
      ['token', { token: new Uint8Array(8) }],
      ['mac_checked', { mac_checked: 1 }],
    ] as const) {
      const { refused, problems } = await takeRows('front', [{ ...taken, ...other }]);
      assert.equal([refused, problems], [1, [`row 1: another ${column} was taken before under this number`]]);
    }
    assert.is(rows(), 1);
  });

  test('what is no row is refused, and the others are taken', async context => {
    const { takeRows, rows } = openIntake(context);
    const good = row(1, morning);
    const bad: readonly unknown[] = [
      ...[undefined, 'row', 7, {}, { ...good, seq: 0 }, { ...good, seq: 2 ** 32 }, { ...good, seq: 1.5 }],
      ...[
        { ...good, at: -1 },
        { ...good, at: Number.NaN },
        { ...good, at: 1e15 },
        { ...good, fare_fen: -1 },
      ],
      ...[
        { ...good, token: 'x' },
        { ...good, token: new Uint8Array(9) },
        { ...good, bus: 'a'.repeat(9) },
        { ...good, stop: 'a\nb' },
        { ...good, on_stop: '站'.repeat(65) },
      ],
      ...[
        { ...good, line: 'x'.repeat(17) },
        { ...good, extra: 1 },
        { ...good, event: 'other' },
      ],
      ...[
        { ...good, event: 'purchase' },
        { ...good, of_row: 1 },
        { ...good, purchase: 'paid' },
      ],
      ...[
        { ...good, event: 'purchase', of_row: 1, purchase: 'begun' },
        { ...good, tac: new Uint8Array(3) },
      ],
    ];
    const { new: added, refused, problems } = await takeRows('front', [...bad, good]);
    assert.equal([added, refused, rows()], [1, bad.length, 1]);
    assert.is(problems.length, 20);
    assert.match(problems[4] ?? '', /^row 0: seq: /);
    const named = { ...good, seq: 2, stop: '东直门 外:1', on_stop: '站'.repeat(64) };
    assert.is((await takeRows('front', [named])).new, 1);
    for (const name of ['', 'a b', '../x', 'x'.repeat(65)])
      await rejects(() => takeRows(name, [good]), /no device/);
    for (const epoch of [0, -1, 1.5, Number.NaN, 65_536])
      await rejects(() => takeRows('front', [good], epoch), /no device's name and epoch/);
  });

  test('runs of numbers grow together, whatever order they come in', () => {
    const orders = [
      [1, 2, 3, 5, 4, 9, 8],
      [9, 8, 5, 4, 3, 2, 1],
      [4, 1, 9, 3, 5, 8, 2, 4, 9],
    ];
    for (const order of orders) {
      const runs = createRuns([], 1000);
      for (const seq of order) runs.add(seq, seq * 10);
      assert.equal(runs.all, [
        { firstSeq: 1, lastSeq: 5, firstAt: 10, lastAt: 50 },
        { firstSeq: 8, lastSeq: 9, firstAt: 80, lastAt: 90 },
      ]);
    }
    const wrongClock = createRuns([], 1000);
    for (const [seq, at] of [
      [1, 10],
      [2, 5000],
      [3, 30],
    ] as const)
      wrongClock.add(seq, at);
    assert.equal(wrongClock.all, [{ firstSeq: 1, lastSeq: 3, firstAt: 10, lastAt: 30 }]);
    const ahead = createRuns([], 1000);
    for (const [seq, at] of [
      [1, 10],
      [2, 5000],
    ] as const)
      ahead.add(seq, at);
    assert.equal(ahead.all, [{ firstSeq: 1, lastSeq: 2, firstAt: 10, lastAt: 10 }]);
  });

  test('a bus has reported a while when each of its validators has, without a gap', async context => {
    const { trips, takeRows } = openIntake(context);
    const of = (bus: string, seq: number, minutes: number) => row(seq, morning + minutes * minute, { bus });
    const missing = (from: number, to: number, bus = 'A1') =>
      readCompleteness(trips).missing(bus, morning + from * minute, morning + to * minute);
    await takeRows('front', [of('A1', 1, 0), of('A1', 2, 10), of('A1', 4, 40)]);
    assert.equal(missing(0, 9), []);
    assert.equal(missing(0, 10), ['front']);
    assert.equal(missing(0, 30), ['front'], 'row 3 may tell of this while');
    await takeRows('front', [of('A1', 3, 20)]);
    assert.equal(missing(0, 30), []);
    await takeRows('rear', [of('A1', 7, 5)]);
    assert.equal(missing(0, 30), ['rear']);
    await takeRows('rear', [of('A1', 8, 31)]);
    assert.equal(missing(6, 30), []);
    assert.equal(missing(0, 30), ['rear'], 'its first row that came is from later, and not its first');
    // It is on another bus now, and says nothing more of this one.
    await takeRows('rear', [of('B2', 9, 60)]);
    await takeRows('front', [of('A1', 5, 200)]);
    assert.equal(missing(100, 199), []);
    assert.equal(missing(100, 199, 'B2'), ['rear']);
    assert.equal(missing(100, 199, 'C3'), []);
  });

  test('a journal that was replaced may have lost rows: the while between both is never complete', async context => {
    const { trips, takeRows } = openIntake(context);
    const of = (seq: number, minutes: number) => row(seq, morning + minutes * minute, { bus: 'A1' });
    const missing = (from: number, to: number) =>
      readCompleteness(trips).missing('A1', morning + from * minute, morning + to * minute);
    await takeRows('front', [of(1, 30), of(2, 60)], 700);
    assert.equal(missing(0, 59), [], 'it is the first that is known');
    await takeRows('front', [of(1, 0), of(2, 10)], 50);
    assert.equal(missing(0, 9), []);
    assert.equal(missing(5, 20), ['front']);
    assert.equal(missing(20, 59), ['front'], 'nobody knows what was lost');
    assert.equal(missing(30, 59), []);
    assert.equal(missing(30, 60), ['front'], 'named once');
  });
});
