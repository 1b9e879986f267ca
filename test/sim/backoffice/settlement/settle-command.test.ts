/** `backoffice import-journal` and `settle`: journals in, a day's account out. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { beijingTimeBytes } from '../../../../device/core/beijing-time.ts';
import { uintBytes } from '../../../../device/core/bytes.ts';
import { isoTime } from '../../../../device/core/iso-time.ts';
import type { TapRow } from '../../../../sim/backoffice/intake/tap-row.ts';
import { openTrips } from '../../../../sim/backoffice/intake/trips-file.ts';
import { officeFeed, openOfficeData } from '../../../../sim/backoffice/office-data.ts';
import { desMac, diversify, folded } from '../../../../sim/media/des.ts';
import { testPurseKeys } from '../../../../sim/media/purse-keys.ts';
import { tokenOf } from '../../../../sync/fleet-keys.ts';
import { currentKey } from '../../../../sync/publisher/epochs/epoch-keys.ts';
import { feedPlaces } from '../../../../sync/publisher/feed-places.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { runSim } from '../../run-sim.ts';
import { tableOf } from '../small-office.ts';
import { codeTap, lineTwo, minute, morning, mostFen, row, takerOf, token } from './rows.ts';

async function run(
  ...words: string[]
): Promise<{ code: unknown; out: Record<string, unknown>; stderr: string }> {
  const { code, output, errors } = await runSim(['backoffice', ...words]);
  return { code, out: output === '' ? {} : JSON.parse(output), stderr: errors };
}

/** With line 2 published. */
async function office(context: TestContext) {
  const directory = temporaryDirectory(context);
  const dir = join(directory, 'office');
  await openOfficeData(dir).close();
  writeFileSync(feedPlaces(officeFeed(dir)).lines, stringify({ lines: [lineTwo] }));
  const take = async (device: string, rows: readonly TapRow[]) => {
    const trips = openTrips(dir);
    await takerOf(trips)(device, rows);
    trips.close();
  };
  return {
    directory,
    dir,
    take,
    settle: (...words: string[]) => run('settle', dir, '--day', '2022-06-01', ...words),
  };
}

suite('settle', test => {
  test('a day: rides, money, unfinished; a late row changes it', async context => {
    const { dir, directory, take, settle } = await office(context);
    const reported = (device: string, seq: number) =>
      take(device, [row(seq, morning + 600 * minute, { bus: 'A1' })]);
    await take('front', [
      codeTap(1, morning, 'on', 's0'),
      codeTap(2, morning + 60 * minute, 'on', 's2', { token: token(8) }),
    ]);
    await take('rear', [codeTap(1, morning + 20 * minute, 'off', 's3')]);
    await reported('front', 3);
    await reported('rear', 3);
    const waiting = await settle();
    assert.is(waiting.code, 0, waiting.stderr);
    const { rides, revenueFen, unfinished, differencesFen, waitingFor } = waiting.out;
    assert.equal(
      { rides, revenueFen, unfinished, differencesFen, waitingFor },
      {
        ...{
          rides: 2,
          revenueFen: { 't-union': 0, bmac: 0, 'ride-code': 150 },
          unfinished: 1,
          differencesFen: 0,
        },
        waitingFor: ['rear'],
      },
    );
    const at = isoTime(morning + 600 * minute);
    const gone = await run('device', 'retire', dir, 'rear', '--at', at);
    assert.equal([gone.code, gone.out], [0, { retired: 'rear', at }], gone.stderr);
    const shortest = (await settle()).out;
    assert.equal(
      [shortest.revenueFen, shortest.unreported],
      [{ 't-union': 0, bmac: 0, 'ride-code': 250 }, 1],
    );
    assert.is((await run('device', 'retire', dir, 'raer')).code, 2);
    assert.is((await run('device', 'retire', dir, 'rear', '--undo')).code, 0);
    await take('rear', [row(2, morning + 30 * minute, { bus: 'A1', verdict: 'invalid', reason: 'denied' })]);
    const csv = join(directory, 'day.csv');
    const page = join(directory, 'day.html');
    const charged = (await settle('--csv', csv, '--html', page)).out;
    const html = readFileSync(page, 'utf8');
    assert.match(html, /<title>2022-06-01 结算 Settlement<\/title>/);
    assert.not.match(html, /href/);
    assert.equal(charged.revenueFen, { 't-union': 0, bmac: 0, 'ride-code': 150 + mostFen(2) });
    assert.equal([charged.refused, charged.denied], [3, 1]);
    const text = readFileSync(csv, 'utf8');
    assert.match(text, /^\uFEFF"day","line","rides",.*\r\n"=""2022-06-01""","=""2""",2,0,0,2,0,0,/);
    assert.is(text.split('\r\n').length, 4);
    const empty = await run('settle', dir, '--day', '2022-06-02');
    assert.equal([empty.code, empty.out.rides, empty.out.earlier], [0, 0, []]);
    // A validator that nobody knew of brings the missing tap.
    await take('middle', [codeTap(1, morning + 70 * minute, 'off', 's3', { token: token(8) })]);
    const late = (await settle()).out;
    assert.equal([late.unfinished, late.revenueFen], [0, { 't-union': 0, bmac: 0, 'ride-code': 250 }]);
    assert.is((late.earlier as unknown[]).length, 3);
  });

  test('TACs of registered cards are checked, the others are counted', async context => {
    const { directory, dir, take, settle } = await office(context);
    const [known, unknown] = ['3105115839294831023', '3105115839294831031'];
    const table = join(directory, 'media.csv');
    const owner = {
      name: '王芳',
      phone: '13800000001',
      media: [{ kind: 't-union', account: known } as const],
    };
    writeFileSync(table, tableOf([owner]));
    assert.is((await run('import-media', dir, table)).code, 0);
    const key = currentKey(officeFeed(dir));
    const tacOf = (account: string, amount: number, sequence: number, at: number) =>
      desMac(
        folded(diversify(testPurseKeys.tac, Buffer.from(account.slice(-16), 'hex'))),
        uintBytes(amount, 4),
        Uint8Array.of(0x09),
        Buffer.from('112233445566', 'hex'),
        uintBytes(sequence, 4),
        beijingTimeBytes(at),
      );
    const purchase = (seq: number, account: string, tac: Uint8Array) => {
      const who = {
        kind: 't-union',
        token: tokenOf(key, 't-union', account),
        bus: 'A1',
        step: 'single',
      } as const;
      const at = morning + seq * minute;
      const terminal = { terminal: '112233445566', terminal_sequence: seq };
      const money = {
        fare_taken: 1,
        fare_fen: 100,
        balance_fen: 1000 - 50 * (seq - 1),
        card_sequence: seq >> 1,
      } as const;
      return [
        row(seq, at, { ...who, ...terminal, ...money, purchase: 'begun' }),
        row(seq + 1, at, { ...who, ...terminal, event: 'purchase', of_row: seq, purchase: 'paid', tac }),
      ];
    };
    const right = (seq: number, account: string) => tacOf(account, 100, seq, morning + seq * minute);
    await take('front', [
      ...purchase(1, known, right(1, known)),
      ...purchase(3, known, right(1, known)),
      ...purchase(5, unknown, right(5, unknown)),
    ]);
    const keys = join(directory, 'tac.json');
    writeFileSync(keys, JSON.stringify({ tac: Buffer.from(testPurseKeys.tac).toString('hex') }), {
      mode: 0o600,
    });
    const { out, stderr } = await settle('--tac-key', keys);
    assert.equal(out.tac, { right: 1, wrong: 1, uncheckable: 1 }, stderr);
    assert.equal([out.revenueFen, out.differencesFen], [{ 't-union': 300, bmac: 0, 'ride-code': 0 }, 0]);
    assert.equal((await settle()).out.tac, { right: 0, wrong: 0, uncheckable: 3 });
    writeFileSync(keys, '{"tac": "00"}');
    const wrong = await settle('--tac-key', keys);
    assert.equal([wrong.code, wrong.stderr], [2, `${keys}: expected {"tac": "32 hex digits"}\n`]);
  });

  test('wrong words: exit 2, and said why', async context => {
    const { dir, directory } = await office(context);
    writeFileSync(join(directory, 'text'), 'no journal');
    for (const [words, why] of [
      [['settle', dir], /--day/],
      [['settle', dir, '--day', '2022-02-30'], /2022-02-30: a day is YYYY-MM-DD/],
      [['settle', dir, '--day', 'today'], /a day is YYYY-MM-DD/],
      [
        ['settle', join(directory, 'ofice'), '--day', '2022-06-01'],
        /no back office is here: did you mean office\?/,
      ],
      [['import-journal', join(directory, 'ofice'), 'x'], /no back office is here: did you mean office\?/],
      [['import-journal', dir, join(directory, 'none')], /none: unable to open/],
      [['import-journal', dir, join(directory, 'text')], /text: file is not a database/],
    ] as const) {
      const { code, stderr } = await run(...words);
      assert.is(code, 2, stderr);
      assert.match(stderr, why);
    }
  });
});
