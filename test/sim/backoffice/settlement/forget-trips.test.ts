/** Trips that are settled and old: the rows stay, what says whose they are goes, and no account changes by that. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createSqliteTaps } from '../../../../sim/backoffice/intake/sqlite-taps.ts';
import { openOfficeData } from '../../../../sim/backoffice/office-data.ts';
import { dayNamed } from '../../../../sim/backoffice/settlement/days.ts';
import { forgetTrips } from '../../../../sim/backoffice/settlement/forget-trips.ts';
import { settleDay } from '../../../../sim/backoffice/settlement/settle-day.ts';
import { askSettled } from '../../../../sim/backoffice/settlement/settled-file.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { runSim } from '../../run-sim.ts';
import { codeTap, minute, morning, takerOf, tariffs } from './rows.ts';

const dayMs = 24 * 60 * minute;
const [first, second] = ['2022-06-01', '2022-06-02'];
const days = 60;

function openOffice(context: TestContext) {
  const dir = join(temporaryDirectory(context), 'office');
  const opened = openOfficeData(dir);
  context.after(opened.close);
  const { trips } = opened;
  const clock = { now: morning + dayMs };
  const settle = (day: string) => settleDay({ dir, trips, tariffs, day: dayNamed(day), now: clock.now });
  const forget = () => forgetTrips({ dir, trips, store: createSqliteTaps(trips), days, now: clock.now });
  const raw = () =>
    Buffer.concat(
      readdirSync(dir).flatMap(name =>
        name.startsWith('trips.sqlite') ? [readFileSync(join(dir, name))] : [],
      ),
    );
  const people = () => trips.prepare('SELECT token FROM tap ORDER BY id').pluck().all();
  return { dir, trips, clock, settle, forget, raw, people, takeRows: takerOf(trips, () => clock.now) };
}

/** Not found in any file by chance. */
const theirs = {
  token: new Uint8Array(Buffer.from('whoserow')),
  code_digest: new Uint8Array(Buffer.from('whattrip')),
};
const ridesOf = (seq: number, at: number) => [
  codeTap(seq, at, 'on', 's0', theirs),
  codeTap(seq + 1, at + 20 * minute, 'off', 's3', theirs),
];
const [ofFirst, ofSecond] = [ridesOf(1, morning), ridesOf(3, morning + dayMs)];
const isIn = (file: Buffer) => file.includes('whoserow') || file.includes('whattrip');

suite('trips that are forgotten', test => {
  test('a settled day after its time: nothing of whose it was is in the file, and its account stands', async context => {
    const { dir, clock, settle, forget, raw, people, takeRows } = openOffice(context);
    await takeRows('front', [...ofFirst, ...ofSecond]);
    clock.now += dayMs;
    const account = settle(first);
    assert.ok(account.rides > 0 && isIn(raw()));
    clock.now = morning + (days + 1) * dayMs;
    assert.equal(await forget(), { forgotten: [], rows: 0, notSettled: [] });
    clock.now += dayMs;
    // The second was not settled.
    assert.equal(await forget(), { forgotten: [first], rows: 2, notSettled: [second] });
    assert.equal(await forget(), { forgotten: [], rows: 0, notSettled: [second] });
    assert.equal(people(), [null, null, ...ofSecond.map(row => row.token && Buffer.from(row.token))]);
    // Of what is forgotten, and of the day after it, nothing is made anew.
    assert.throws(() => settle(first), /2022-06-01: its trips are forgotten/);
    assert.throws(() => settle(second), /2022-06-02: its trips are forgotten/);
    assert.is(
      askSettled(join(dir, 'settled'), first, ({ account: { rides } }) => rides),
      account.rides,
    );
  });

  test('all days settled: no token is in the file or its log; the same rows again are known, and change nothing', async context => {
    const { clock, settle, forget, raw, people, takeRows } = openOffice(context);
    await takeRows('front', [...ofFirst, ...ofSecond]);
    clock.now += dayMs;
    for (const day of [first, second]) settle(day);
    clock.now = morning + 100 * dayMs;
    assert.equal(await forget(), { forgotten: [first, second], rows: 4, notSettled: [] });
    assert.not(isIn(raw()));
    assert.equal(await takeRows('front', ofFirst), { new: 0, known: 2, refused: 0, problems: [] });
    assert.equal(people(), [null, null, null, null]);
    // One that comes so late stays as long as any other.
    await takeRows('front', [codeTap(9, morning + minute, 'on', 's0')]);
    assert.equal(await forget(), { forgotten: [], rows: 0, notSettled: [] });
    clock.now += (days + 1) * dayMs;
    assert.equal(await forget(), { forgotten: [first], rows: 1, notSettled: [] });
  });

  test('what a wrong clock has dated goes by when it came', async context => {
    const { clock, forget, takeRows } = openOffice(context);
    await takeRows('front', [codeTap(1, 1000, 'on', 's0'), codeTap(2, Date.UTC(2040, 0, 1), 'on', 's0')]);
    clock.now += (days + 1) * dayMs;
    assert.is((await forget()).rows, 2);
  });

  test('the command: too few days are refused, and a day that waits for its settlement is told', async context => {
    const { dir, takeRows } = openOffice(context);
    const command = (words: string) => runSim(['backoffice', 'forget-trips', dir, ...words.split(' ')]);
    assert.match((await command('--days 59')).errors, /at least 60/);
    await takeRows('front', ofFirst);
    const { code, output } = await command('--days 60');
    assert.equal([code, JSON.parse(output)], [1, { forgotten: [], rows: 0, notSettled: [first] }]);
  });
});
