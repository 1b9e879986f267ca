/** Taps in PostgreSQL, settled from the trips' file: what is copied there is all that has come, whatever came first. */
import { rejects } from 'node:assert/strict';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { startBackOffice } from '../../../../sim/backoffice/backoffice.ts';
import { createTapCopy } from '../../../../sim/backoffice/intake/postgres/copy-taps.ts';
import { createPostgresTaps } from '../../../../sim/backoffice/intake/postgres/postgres-taps.ts';
import type { PostgresServer } from '../../../../sim/backoffice/intake/postgres/server.ts';
import { createIntake } from '../../../../sim/backoffice/intake/take-rows.ts';
import { openTrips } from '../../../../sim/backoffice/intake/trips-file.ts';
import { suite, type TestContext, until } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { runSim } from '../../run-sim.ts';
import { driver } from '../office-process.ts';
import { codeTap, minute, morning, row, takerOf, token } from '../settlement/rows.ts';
import { quiet } from '../small-office.ts';
import { openDatabase, postgresql, startPostgres } from './postgres-servers.ts';

function openTripsOf(context: TestContext) {
  const trips = openTrips(temporaryDirectory(context));
  context.after(() => trips.close());
  const all = (table: string) => trips.prepare(`SELECT * FROM ${table}`).all();
  return { trips, told: () => ['device', 'tap', 'run', 'post', 'arrival'].map(all) };
}

function copyOf(connect: () => PostgresServer, trips: Database.Database) {
  const server = connect();
  return createTapCopy(server, createPostgresTaps(server), trips);
}

suite('copied taps', test => {
  const started = test.shared(startPostgres);

  test.needing(
    postgresql,
    'the trips are as if the rows had come there, gaps and late rows too',
    async context => {
      const { connect } = await openDatabase(context, await started());
      const copied = openTripsOf(context);
      const copy = copyOf(connect, copied.trips);
      const own = openTripsOf(context);
      const takeHere = takerOf(own.trips, () => morning);
      const { takeRows } = createIntake(createPostgresTaps(connect()), () => morning);
      const take = async (device: string, seqs: readonly number[], epoch = 1) => {
        const rows = seqs.map(seq => codeTap(seq, morning + seq * minute, 'on', 's0'));
        await takeRows({ device, epoch }, rows);
        await takeHere(device, rows, epoch);
      };
      assert.is(await copy(), 0);
      await take('front', [2, 3, 7]);
      await take('rear', [1]);
      assert.is(await copy(), 4);
      assert.equal(copied.told(), own.told());
      await take('front', [1, 5, 9]);
      await take('front', [1], 2);
      assert.is(await copy(), 4);
      assert.is(await copy(), 0);
      const [, taps, runs] = copied.told();
      assert.equal(runs, own.told()[2]);
      assert.equal(taps, own.told()[1]);
    },
  );

  test.needing(postgresql, 'more rows than are copied at once, of many journals', async context => {
    const { connect } = await openDatabase(context, await started());
    const { takeRows } = createIntake(createPostgresTaps(connect()), () => morning);
    const { trips } = openTripsOf(context);
    const many = Array.from({ length: 700 }, (_, i) => row(2 * i + 1, morning + i));
    for (let i = 0; i < 9; i++) await takeRows({ device: `d${i}`, epoch: 1 }, many);
    assert.is(await copyOf(connect, trips)(), 6300);
    assert.is(trips.prepare('SELECT count(*) FROM tap').pluck().get(), 6300);
    assert.is(await copyOf(connect, trips)(), 0);
  });

  test.needing(
    postgresql,
    'rows that are only in the trips are brought, whichever store they came to first',
    async context => {
      const { connect } = await openDatabase(context, await started());
      const { trips } = openTripsOf(context);
      const { trips: other } = openTripsOf(context);
      const takeHere = takerOf(trips, () => morning);
      const store = createPostgresTaps(connect());
      const { takeRows } = createIntake(store, () => morning);
      const rows = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, i) => row(from + i, morning + i));
      await takeHere('front', rows(1, 5001));
      await takeHere('rear', rows(1, 11));
      await takeRows({ device: 'front', epoch: 1 }, rows(5001, 11_001));
      await takeRows({ device: 'rear', epoch: 1 }, rows(11, 12));
      const copy = copyOf(connect, trips);
      for (let i = 0; i < 3; i++) await copy();
      await copyOf(connect, other)();
      const told = (db: typeof trips) =>
        db.prepare('SELECT name, first_seq, last_seq FROM run JOIN device ON id = device').all();
      for (const db of [trips, other])
        assert.equal(told(db), [
          { name: 'front', first_seq: 1, last_seq: 11_000 },
          { name: 'rear', first_seq: 1, last_seq: 11 },
        ]);
    },
  );

  test.needing(postgresql, 'a copy ends although rows come all the time', async context => {
    const { connect } = await openDatabase(context, await started());
    const { trips } = openTripsOf(context);
    const server = connect();
    const store = createPostgresTaps(server);
    let seq = 0;
    const takeNext = () => store.take({ device: 'a', epoch: 1, rows: [row(++seq, morning)], cameAt: 0 });
    await takeNext();
    const busy: PostgresServer = {
      async ask(...question) {
        await takeNext();
        return server.ask(...question);
      },
      close: server.close,
    };
    const copied = await createTapCopy(busy, store, trips)();
    assert.ok(copied >= 2 && copied < seq + 1, `${copied} of ${seq}`);
  });

  test.needing(postgresql, 'rows that are counted and not there are told', async context => {
    const { connect } = await openDatabase(context, await started());
    const { takeRows } = createIntake(createPostgresTaps(connect()), () => morning);
    const { trips } = openTripsOf(context);
    await takeRows({ device: 'front', epoch: 1 }, [row(1, morning), row(2, morning)]);
    await connect().ask('DELETE FROM tap WHERE seq = 2');
    await rejects(copyOf(connect, trips), /not those that were counted/);
    assert.is(trips.prepare('SELECT count(*) FROM tap').pluck().get(), 1);
  });

  test.needing(
    postgresql,
    'a back office settles what other intakes have stored, on its pages and by command',
    async context => {
      const { url, connect } = await openDatabase(context, await started());
      const directory = join(temporaryDirectory(context), 'data');
      const options = { port: 0, directory, sim: true, taps: [url], log: quiet };
      const office = await startBackOffice(options, driver);
      context.after(() => office.close());
      const { takeRows } = createIntake(createPostgresTaps(connect()));
      const ride = [
        codeTap(1, morning, 'on', 's0'),
        codeTap(2, morning + minute, 'on', 's0', { token: token(1) }),
      ];
      await takeRows({ device: 'front', epoch: 1 }, ride);
      const day = `${office.url}/sim/settlement/2022-06-01`;
      await fetch(day, { method: 'POST', redirect: 'manual' });
      assert.is((await fetch(day)).status, 200);
      await until('the rows', async () =>
        (await (await fetch(`${office.url}/sim/taps/watermarks`)).text()).includes('front'),
      );
      await takeRows({ device: 'rear', epoch: 1 }, [
        codeTap(2, morning + 2 * minute, 'on', 's0', { token: token(3) }),
      ]);
      const settled = await runSim(['backoffice', 'settle', directory, '--day', '2022-06-01', '--taps', url]);
      assert.is(settled.code, 0, settled.errors);
      assert.is(JSON.parse(settled.output).rides, 3);
      const gaps = await runSim(['backoffice', 'taps', directory, 'gaps', '--taps', url]);
      assert.equal(
        JSON.parse(gaps.output).gaps.map((gap: Record<string, unknown>) => [
          gap.device,
          gap.firstSeq,
          gap.lastSeq,
        ]),
        [['rear', 1, 1]],
      );
      for (const away of ['postgres://x:hunter2@127.0.0.1:1/taps', 'http://x:hunter2@y']) {
        const { code, errors } = await runSim(['backoffice', 'taps', directory, 'gaps', '--taps', away]);
        assert.is(code, 2);
        assert.not.match(errors, /hunter2/);
      }
    },
  );
});
