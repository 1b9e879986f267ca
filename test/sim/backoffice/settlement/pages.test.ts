/** The settlement's pages: from the days to each row, in a browser's words and a spreadsheet's. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { startBackOffice } from '../../../../sim/backoffice/backoffice.ts';
import { openTrips } from '../../../../sim/backoffice/intake/trips-file.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { driver } from '../office-process.ts';
import { quiet } from '../small-office.ts';
import { codeTap, minute, morning, row, takerOf, token } from './rows.ts';

async function start(context: TestContext, sim = true) {
  const directory = join(temporaryDirectory(context), 'data');
  const office = await startBackOffice({ port: 0, directory, sim, log: quiet }, driver);
  context.after(() => office.close());
  const trips = openTrips(directory);
  context.after(() => trips.close());
  const takeRows = takerOf(trips);
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${office.url}/sim/settlement${path}`, init);
    return { status: answer.status, text: await answer.text() };
  };
  return { ask, takeRows };
}

const post = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };

suite('settlement pages', test => {
  test('days, a day, its rides, their rows', async context => {
    const { ask, takeRows } = await start(context);
    assert.match((await ask('')).text, /还没有收到乘车记录/);
    const card = { kind: 't-union', token: token(1), bus: '<A1>', line: '2&3' } as const;
    const pays = { ...card, step: 'single', purchase: 'begun', fare_taken: 1, fare_fen: 100 } as const;
    await takeRows('front', [
      codeTap(1, morning, 'on', 's0'),
      codeTap(2, morning + 20 * minute, 'off', 's3'),
      row(3, morning, { ...pays, balance_fen: 1000, card_sequence: 4 }),
      row(4, morning, {
        ...card,
        event: 'purchase',
        of_row: 3,
        purchase: 'paid',
        tac: new Uint8Array([1, 2, 3, 4]),
      }),
      row(5, morning + minute, { ...card, balance_fen: 700, card_sequence: 5 }),
    ]);
    assert.match((await ask('')).text, /<td>2022-06-01<\/td><td class="number">5<\/td>/);
    assert.is((await ask('/2022-06-01')).status, 404);
    const day = await ask('/2022-06-01', post);
    assert.is(day.status, 200);
    assert.match(
      day.text,
      /<strong><a href="\/sim\/settlement\/2022-06-01\/rides">2<\/a><\/strong> 乘车 Rides/,
    );
    assert.match(day.text, /差异 Difference<\/td><td>2&amp;3<\/td>/);
    assert.not.match(day.text, /又收到当日记录/);
    const rides = await ask('/2022-06-01/rides?line=2%263');
    assert.match(rides.text, /&lt;A1>/);
    assert.not.match(rides.text, /ride-code/);
    const [, ride = ''] = /rides\/(\d+)"/.exec(rides.text) ?? [];
    const rows = await ask(`/2022-06-01/rides/${ride}`);
    assert.match(rows.text, /<td>front 3<\/td><td>front 4<\/td>/);
    assert.match(rows.text, /01020304/);
    await takeRows('rear', [row(1, morning)]);
    assert.match((await ask('/2022-06-01')).text, /又收到当日记录/);
    assert.match((await ask('')).text, /之后又有记录/);
    assert.match((await ask('/2022-06-01/lines.csv')).text, /"=""2&3""",1,1,0,0,100,0,0/);
    const table = (await ask('/2022-06-01/rides.csv')).text;
    assert.match(table, /"=""<A1>""".*"=""front 3"""/);
    assert.is(table.split('\r\n').length, 4);
    // It waits for the rear door's report.
    await takeRows('front', [codeTap(6, morning, 'on', 's0', { token: token(9) })]);
    const open = await ask('/2022-06-01', post);
    assert.match(open.text, /state=no-tap-off">1<\/a><\/strong> 未下车刷 Unfinished/);
    assert.match((await ask('/2022-06-01/rides?state=no-tap-off')).text, /待记录 waiting/);
    for (const state of ['short', 'refund', 'unresolved', 'constructor'])
      assert.match((await ask(`/2022-06-01/rides?state=${state}`)).text, /没有。 None\./, state);
  });

  test('what is no day, no ride or another site’s is refused', async context => {
    const { ask } = await start(context);
    for (const path of ['/2022-02-30', '/x', '/2022-06-01/rides?from=-1', '/rows?rows=1;2', '/rows?rows='])
      assert.is((await ask(path)).status, 400, path);
    for (const path of [
      '/2022-06-01/rides',
      '/2022-06-01/rides/1',
      '/2022-06-01/lines.csv',
      '/2022-06-01/rides.csv',
    ])
      assert.is((await ask(path)).status, 404, path);
    const foreign = { ...post, headers: { ...post.headers, origin: 'http://evil.example' } };
    assert.is((await ask('/2022-06-01', foreign)).status, 403);
    assert.is((await ask('/2022-06-01', { ...post, body: 'a=1' })).status, 413);
  });

  test('without --sim there are none', async context => {
    const { ask } = await start(context, false);
    assert.is((await ask('')).status, 404);
  });
});
