/** Taps in PostgreSQL: the contract, several versions of its tables, and servers that must not be used. */
import { rejects } from 'node:assert/strict';
import * as assert from 'uvu/assert';
import { createPostgresTaps } from '../../../../sim/backoffice/intake/postgres/postgres-taps.ts';
import { migrated } from '../../../../sim/backoffice/intake/postgres/schema.ts';
import { connectPostgres } from '../../../../sim/backoffice/intake/postgres/server.ts';
import { storedColumns, type TapRow } from '../../../../sim/backoffice/intake/tap-row.ts';
import { tapStoreContract } from '../../../contract/tap-store.ts';
import { suite, until } from '../../../harness.ts';
import { morning, row } from '../settlement/rows.ts';
import { plainRow } from './plain-row.ts';
import { openDatabase, postgresql, startPostgres } from './postgres-servers.ts';

const portion = { device: 'front', epoch: 1, rows: [row(1, morning)], cameAt: morning };

tapStoreContract(
  'PostgreSQL',
  async shared => {
    const server = await startPostgres(shared);
    return async context => {
      const { connect } = await openDatabase(context, server);
      const reading = connect();
      return {
        open: async () => createPostgresTaps(connect()),
        stored: async (device, epoch = 1) => {
          const rows = await reading.ask<TapRow>(
            `SELECT seq, ${storedColumns.join(', ')} FROM tap
             WHERE journal = (SELECT id FROM journal WHERE device = $1 AND epoch = $2) ORDER BY seq`,
            [device, epoch],
          );
          return rows.map(plainRow);
        },
      };
    };
  },
  postgresql,
);

suite('PostgreSQL for taps', test => {
  const started = test.shared(startPostgres);

  test.needing(
    postgresql,
    'several intakes make its tables at once; those of a newer version are left alone',
    async context => {
      const { connect } = await openDatabase(context, await started());
      const stores = [1, 2, 3].map(() => createPostgresTaps(connect()));
      const taken = await Promise.all(stores.map(store => store.take(portion)));
      assert.equal(taken.map(each => each.new).sort(), [0, 0, 1]);
      await connect().ask('UPDATE tap_schema SET version = 99');
      await rejects(createPostgresTaps(connect()).take(portion), /schema 99, newer than 1/);
    },
  );

  test.needing(
    postgresql,
    'a server that would lose what it has acknowledged, or cannot keep it, is not used',
    async context => {
      const server = await started();
      const { url, connect } = await openDatabase(context, server);
      const database = new URL(url).pathname.slice(1);
      for (const level of ['off', 'local']) {
        server.psql(`ALTER DATABASE ${database} SET synchronous_commit = ${level}`);
        await rejects(
          createPostgresTaps(connect()).take(portion),
          new RegExp(`synchronous_commit is ${level}: it would lose rows`),
        );
      }
      const latin = await openDatabase(context, server, "ENCODING 'LATIN1' TEMPLATE template0");
      await rejects(createPostgresTaps(latin.connect()).take(portion), /the database is in LATIN1/);
    },
  );

  test.needing(
    postgresql,
    'a commit that a standby has not confirmed counts as failed, and is not known later',
    async context => {
      const server = await started();
      const { connect } = await openDatabase(context, server);
      const store = createPostgresTaps(connect());
      await store.take(portion);
      const configure = (standbys: string) => {
        server.psql(`ALTER SYSTEM SET synchronous_standby_names = '${standbys}'`);
        server.psql('SELECT pg_reload_conf()');
      };
      configure('ANY 1 (tap2)');
      context.after(() => configure(''));
      const endWaiting = () =>
        server.psql(
          "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
        );
      const next = { ...portion, rows: [row(2, morning)] };
      for (const _ of ['first', 'again']) {
        const refused = rejects(() => store.take(next), /canceling wait for synchronous replication/);
        await until('that it waits', () => endWaiting() !== '0');
        await refused;
      }
      configure('');
      assert.equal(await store.take(next), { new: 0, known: 1, conflicting: [] });
    },
  );

  test.needing(postgresql, 'it is told what is wrong without anything that is secret', async context => {
    const server = await started();
    server.psql("CREATE ROLE secretive LOGIN PASSWORD 'right'");
    const wrong = [
      'postgres://taps:hunter2@127.0.0.1:1/taps',
      `${server.url.replace('user=taps', 'user=nobody')}&password=hunter2`,
      server.url.replace('///postgres?', '///nowhere?password=hunter2&'),
    ];
    const connected = migrated(connectPostgres(wrong));
    context.after(() => connected.close());
    await rejects(createPostgresTaps(connected).take(portion), error => {
      const told = `${Object(error).message}\n${Object(error).stack}`;
      assert.match(
        told,
        /no PostgreSQL server takes rows: 127\.0\.0\.1:1: .*ECONNREFUSED.*role "nobody" does not exist.*"nowhere" does not exist/,
      );
      assert.not.match(told, /hunter2/);
      return true;
    });
    for (const url of ['mysql://a:hunter2@b/c', 'hunter2', 'postgres://a:hunter2@b:x/c'])
      assert.throws(
        () => connectPostgres([url]),
        (error: unknown) => !String(error).includes('hunter2'),
      );
  });
});
