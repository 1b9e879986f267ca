/** Three PostgreSQL servers, by the file that operating.md gives: the primary is killed, a standby promoted, and nothing that was acknowledged is lost. */
import { setTimeout as delay } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { createPostgresTaps } from '../../../../sim/backoffice/intake/postgres/postgres-taps.ts';
import { migrated } from '../../../../sim/backoffice/intake/postgres/schema.ts';
import { connectPostgres } from '../../../../sim/backoffice/intake/postgres/server.ts';
import { createIntake } from '../../../../sim/backoffice/intake/take-rows.ts';
import { suite, type TestContext, until } from '../../../harness.ts';
import { morning, row } from '../settlement/rows.ts';
import { type PostgresServerStand, postgresql, startPostgres } from './postgres-servers.ts';

/** An intake of its own, and what it has acknowledged. */
function startIntake(context: TestContext, urls: readonly string[], device: string) {
  const server = migrated(connectPostgres(urls));
  const { takeRows } = createIntake(createPostgresTaps(server), () => morning);
  let [acknowledged, isOver] = [0, false];
  /** As a validator does: the same rows again, until they are acknowledged. */
  async function run(): Promise<void> {
    while (!isOver) {
      const rows = Array.from({ length: 5 }, (_, i) => row(acknowledged + i + 1, morning));
      try {
        const { refused } = await takeRows({ device, epoch: 1 }, rows);
        assert.is(refused, 0);
        acknowledged += rows.length;
      } catch {
        await delay(50);
      }
    }
  }
  const running = run();
  context.after(async () => {
    isOver = true;
    await running;
    await server.close();
  });
  return { device, acknowledged: () => acknowledged };
}

/** How far a standby has the primary's changes, in bytes. */
function receivedBy(standby: PostgresServerStand): number {
  return Number(standby.psql("SELECT pg_last_wal_receive_lsn() - '0/0'"));
}

suite('PostgreSQL with standbys', test => {
  test.needing(
    postgresql,
    'the primary is killed under load: whatever was acknowledged is with the standby that is furthest',
    async context => {
      const primary = await startPostgres(context, true);
      const standbys = [await primary.standby('tap2'), await primary.standby('tap3')];
      primary.replicate();
      const urls = [primary, ...standbys].map(({ url }) => url);
      const intakes = ['a', 'b', 'c'].map(device => startIntake(context, urls, device));
      const reach = (rows: number) =>
        until(`${rows} rows`, () => intakes.every(({ acknowledged }) => acknowledged() >= rows));
      await reach(50);
      await primary.kill();
      const before = intakes.map(({ acknowledged }) => acknowledged());
      const [next, other] = standbys.toSorted((a, b) => receivedBy(b) - receivedBy(a));
      await next?.promote();
      const stored = (device: string) =>
        Number(
          next?.psql(
            `SELECT count(*) FROM tap JOIN journal ON journal.id = journal WHERE device = '${device}' AND seq <= 100000`,
          ),
        );
      intakes.forEach(({ device }, i) => void assert.ok(stored(device) >= (before[i] ?? 0), device));
      // Alone it acknowledges nothing.
      const alone = intakes.map(({ acknowledged }) => acknowledged());
      assert.equal(alone, before);
      if (next !== undefined) other?.follow(next);
      await reach(Math.max(...before) + 50);
      intakes.forEach(({ device, acknowledged }) => void assert.ok(stored(device) >= acknowledged()));
    },
  );
});
