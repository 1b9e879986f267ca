/** What the intake finds: each list by command and as a page, with what belongs there and without what does not. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { startBackOffice } from '../../../../sim/backoffice/backoffice.ts';
import { journalNames, openTrips, rowName } from '../../../../sim/backoffice/intake/trips-file.ts';
import { readTapList, type TapListName } from '../../../../sim/backoffice/tap-lists/tap-list.ts';
import { enrol, reportStolen } from '../../../../sim/backoffice/uplink/enrolled.ts';
import { openUplinkKeys } from '../../../../sim/backoffice/uplink/office-keys.ts';
import { newSeed, publicHalfOf } from '../../../../sync/uplink/ed25519.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { runSim } from '../../run-sim.ts';
import { driver } from '../office-process.ts';
import { codeTap, minute, morning, row, takerOf } from '../settlement/rows.ts';
import { quiet } from '../small-office.ts';

const evening = morning + 12 * 60 * minute;

function openLists(context: TestContext) {
  const dir = temporaryDirectory(context);
  const trips = openTrips(dir);
  context.after(() => trips.close());
  openUplinkKeys(dir);
  const list = (name: TapListName, span?: { from: number; to: number }) => {
    const names = journalNames(trips);
    return readTapList(dir, trips, name, span).entries.map((entry): Record<string, unknown> => {
      const { rows } = entry;
      return Array.isArray(rows) ? { ...entry, rows: rows.map(id => rowName(id, names)) } : entry;
    });
  };
  return { dir, trips, takeRows: takerOf(trips, () => evening), list };
}

const enrolNew = (dir: string, id: string) => enrol(dir, id, publicHalfOf(newSeed()).toString('hex'), 0);

suite('tap lists', test => {
  test('gaps and watermarks, of each journal by itself', async context => {
    const { takeRows, list } = openLists(context);
    const at = (seq: number) => morning + seq * minute;
    const of = (...seqs: number[]) => seqs.map(seq => row(seq, at(seq)));
    await takeRows('front', of(1, 2, 5, 6, 9));
    await takeRows('front', of(3), 2);
    await takeRows('rear', of(1, 2));
    await takeRows('wrong', [row(2, evening + 60 * minute)]);
    const gap = (device: string, epoch: number, firstSeq: number, lastSeq: number) => ({
      ...{ device, epoch, firstSeq, lastSeq, missing: lastSeq - firstSeq + 1 },
    });
    assert.equal(list('gaps'), [
      { ...gap('front', 1, 3, 4), beforeAt: at(2), afterAt: at(5) },
      { ...gap('front', 1, 7, 8), beforeAt: at(6), afterAt: at(9) },
      { ...gap('front', 2, 1, 2), beforeAt: null, afterAt: at(3) },
      { ...gap('wrong', 1, 1, 1), beforeAt: null, afterAt: null },
    ]);
    const mark = (device: string, epoch: number, completeSeq: number, lastSeq: number, missing: number) => ({
      ...{ device, epoch, completeSeq, completeAt: completeSeq === 0 ? null : at(completeSeq) },
      ...{ lastSeq, missing, lastCameAt: evening },
    });
    assert.equal(list('watermarks'), [
      mark('front', 1, 2, 9, 4),
      mark('front', 2, 0, 3, 2),
      mark('rear', 1, 2, 2, 0),
      mark('wrong', 1, 0, 2, 1),
    ]);
  });

  test('one code at two validators: on two buses, or for two rides of one bus; a ride by one code is none', async context => {
    const { takeRows, list } = openLists(context);
    const code = (number: number) => ({ code_digest: new Uint8Array(8).fill(number) });
    const single = (seq: number, at: number, number: number) =>
      ({ ...codeTap(seq, at, 'on', 's0', code(number)), step: 'single' }) as const;
    await takeRows('a-front', [
      codeTap(1, morning, 'on', 's0', code(1)),
      codeTap(2, morning, 'on', 's0', code(2)),
      single(3, morning, 3),
      codeTap(4, morning, 'on', 's0', code(4)),
      codeTap(5, morning, 'on', 's0', { ...code(5), fare_taken: 0 }),
      // The same code again, after its life and at the same validator: neither is another ride by it.
      codeTap(6, morning + 30 * minute, 'on', 's0', code(1)),
    ]);
    await takeRows('a-rear', [
      codeTap(1, morning + 9 * minute, 'off', 's2', code(2)),
      single(2, morning + minute, 3),
    ]);
    await takeRows('b-front', [
      codeTap(1, morning + minute, 'on', 's5', { ...code(1), bus: 'B1', line: '9' }),
      codeTap(2, morning + 21 * minute, 'on', 's5', { ...code(4), bus: 'B1' }),
      codeTap(3, morning, 'on', 's5', { ...code(5), bus: 'B1' }),
    ]);
    const found = list('same-code');
    assert.equal(found, [
      {
        ...{ code: '0101010101010101', device: 'a-front', bus: 'A1', line: '2', firstAt: morning },
        ...{ otherDevice: 'b-front', otherBus: 'B1', otherLine: '9', thenAt: morning + minute },
        rows: ['a-front 1', 'b-front 1'],
      },
      {
        ...{ code: '0303030303030303', device: 'a-front', bus: 'A1', line: '2', firstAt: morning },
        ...{ otherDevice: 'a-rear', otherBus: 'A1', otherLine: '2', thenAt: morning + minute },
        rows: ['a-front 3', 'a-rear 2'],
      },
    ]);
    assert.equal(
      list('same-code', { from: morning, to: morning + 1 }),
      found,
      'the second may be of the next day',
    );
    assert.equal(list('same-code', { from: morning + 1, to: evening }), []);
  });

  test('taps of a stolen validator: those after the report, and those that are only dated before it', async context => {
    const { dir, takeRows, list, trips } = openLists(context);
    enrolNew(dir, 'front');
    enrolNew(dir, 'rear');
    const stolenAt = morning + 60 * minute;
    const takeBefore = takerOf(trips, () => stolenAt - minute);
    await takeBefore('front', [row(1, morning)]);
    await takeBefore('rear', [row(1, stolenAt + minute)]);
    await takeRows('front', [row(2, morning + minute), row(3, stolenAt + minute)]);
    await takeRows('front', [row(1, morning)], 2);
    assert.equal(list('stolen'), []);
    reportStolen(dir, 'front', stolenAt);
    assert.equal(
      list('stolen').map(({ rows, tapAt, cameAt, device }) => [rows, tapAt, cameAt, device]),
      [
        [['front 2'], morning + minute, evening, 'front'],
        [['front 3'], stolenAt + minute, evening, 'front'],
        [['front/2 1'], morning, evening, 'front'],
      ],
    );
    assert.throws(() => reportStolen(dir, 'other', 0), /no such validator is enrolled/);
  });

  test('clocks in doubt: by the validator itself, ahead of the office, set back', async context => {
    const { takeRows, list } = openLists(context);
    await takeRows('front', [
      row(1, morning),
      row(2, morning + 10, { clock: 'doubtful' }),
      row(3, evening + 9 * minute),
      row(4, evening + 11 * minute),
      row(5, evening - minute),
      row(6, evening - 2 * minute),
    ]);
    assert.equal(
      list('doubtful-clock').map(({ rows, why }) => [rows, why]),
      [
        [['front 2'], 'validator'],
        [['front 4'], 'ahead'],
        [['front 5'], 'set-back'],
      ],
    );
    assert.equal(list('doubtful-clock', { from: 0, to: evening }).length, 2);
  });

  test('more than a person reads are cut, and it is said', async context => {
    const { dir, trips, takeRows } = openLists(context);
    await takeRows(
      'front',
      Array.from({ length: 1002 }, (_, i) => row(2 * i + 2, morning)),
    );
    const { entries, hasMore } = readTapList(dir, trips, 'gaps');
    assert.equal([entries.length, hasMore], [1000, true]);
  });

  test('by command, and as pages', async context => {
    const dir = join(temporaryDirectory(context), 'data');
    const office = await startBackOffice({ port: 0, directory: dir, sim: true, log: quiet }, driver);
    context.after(() => office.close());
    const trips = openTrips(dir);
    context.after(() => trips.close());
    await takerOf(trips)('front', [row(2, morning), row(3, morning, { clock: 'doubtful', bus: '<A1>' })]);
    const run = (...words: string[]) => runSim(['backoffice', 'taps', dir, ...words]);
    assert.equal(JSON.parse((await run('gaps')).output), {
      gaps: [
        {
          ...{ device: 'front', epoch: 1, firstSeq: 1, lastSeq: 1, missing: 1 },
          ...{ beforeAt: null, afterAt: '2022-06-01T00:00:00.000Z' },
        },
      ],
      hasMore: false,
    });
    const { code, output, errors } = await run('doubtful-clock', '--day', '2022-06-01');
    assert.is(code, 0, errors);
    assert.equal(JSON.parse(output)['doubtful-clock'][0].rows, ['front 3']);
    for (const words of [['other'], ['gaps', '--day', '2022-06-31']])
      assert.is((await run(...words)).code, 2);
    const page = async (path: string) => {
      const answer = await fetch(`${office.url}/sim/taps${path}`);
      return { status: answer.status, text: await answer.text() };
    };
    assert.match((await page('')).text, /<h1>缺号 Gaps<\/h1>.*front/s);
    const doubtful = (await page('/doubtful-clock?day=2022-06-01')).text;
    assert.match(doubtful, /&lt;A1>.*\/sim\/settlement\/rows\?rows=\d+/s);
    assert.match((await page('/doubtful-clock?day=2022-06-02')).text, /没有/);
    assert.is((await page('/other')).status, 400);
    assert.is((await page('/stolen?day=2022')).status, 400);
  });
});
