/** Publications that break off, and a publisher that has lost what it keeps: what follows is right again. */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { publishTable } from '../../../sync/publisher/publish-table.ts';
import type { Link } from '../../../sync/publisher/table/people.ts';
import { suite, type TestContext } from '../../harness.ts';
import {
  account,
  digestsOf,
  edition,
  expectedOf,
  makeSmallFeed,
  openSmallPublisher,
  publishRows,
  row,
  type SmallClient,
  type SmallFeed,
} from './small-feed.ts';

const accounts = [1, 2, 3].map(account);
const first = [row(1, 'wang', 'green'), row(2, 'wang', 'green')];
const second = [row(1, 'wang', 'red'), row(3, 'li', 'popup')];
const third = [row(2, 'wang', 'yellow'), row(3, 'li', 'green')];

function publish({ dir }: SmallFeed, rows: readonly Link[]) {
  const file = join(dir, 'table.csv');
  const lines = rows.map(({ medium, account, person, status }) => [medium, account, person, status].join());
  writeFileSync(file, `${['medium,account,person,status', ...lines].join('\n')}\n`);
  return publishTable(dir, file, edition());
}

async function assertServes(feed: SmallFeed, client: SmallClient, rows: readonly Link[]): Promise<void> {
  for (const each of [client, feed.client()]) {
    await each.sync();
    each.assertHas(expectedOf(rows), accounts);
    assert.equal(each.digests(), digestsOf(feed.places.cache, feed.dir));
  }
}

/** A feed with the first table, and a client that has it. */
async function prepare(context: TestContext) {
  const feed = await makeSmallFeed(context);
  const client = feed.client();
  await publish(feed, first);
  await assertServes(feed, client, first);
  return { feed, client };
}

/** Files that a publication writes, in their order: something in the way of one makes it break off there. */
const obstacles = (feed: SmallFeed, version: number) =>
  [
    join(feed.dir, 'private', '.history.json.new'),
    join(feed.places.metadata, `.${version}.targets.json.new`),
    join(feed.places.metadata, `.${version}.snapshot.json.new`),
    join(feed.places.metadata, '.timestamp.json.new'),
    join(feed.dir, 'private', '.index.json.gz.new'),
    feed.places.table(version),
  ] as const;

const steps = ['history', 'targets', 'snapshot', 'timestamp', 'index', 'table'] as const;

/** Private files whose loss or damage a publisher must get over. */
const kept = ['index.json.gz', 'persons.sqlite', 'cache', 'history.json', 'policy.yaml'] as const;

function removeKept({ dir }: SmallFeed, name: string): void {
  rmSync(join(dir, 'private', name), { recursive: true, force: true });
  for (const end of ['-wal', '-shm']) rmSync(join(dir, 'private', name + end), { force: true });
}

suite('feed publisher: crashes', test => {
  for (const [i, step] of steps.entries()) {
    test(`broken off while writing the ${step}: the next publication is right, whoever makes it`, async context => {
      const { feed, client } = await prepare(context);
      const obstacle = obstacles(feed, 3)[i] ?? '';
      mkdirSync(obstacle);
      await publish(feed, second).then(
        () => assert.unreachable('it was published'),
        () => undefined,
      );
      rmdirSync(obstacle);
      await client.sync();
      const isPublished = i > steps.indexOf('timestamp');
      client.assertHas(expectedOf(isPublished ? second : first), accounts);
      await publish(feed, third);
      await publish(feed, second);
      await assertServes(feed, client, second);
    });
  }

  test('a publisher that goes on after a failure publishes no step from what it lost', async context => {
    const { feed, client } = await prepare(context);
    const publisher = openSmallPublisher(context, feed);
    const obstacle = join(feed.places.metadata, '.timestamp.json.new');
    mkdirSync(obstacle);
    assert.throws(() => publishRows(feed, publisher, first, second));
    assert.throws(() => publishRows(feed, publisher, first, second));
    rmdirSync(obstacle);
    publishRows(feed, publisher, first, third);
    await assertServes(feed, client, third);
    publishRows(feed, publisher, third, first);
    await assertServes(feed, client, first);
  });

  for (const name of kept) {
    test(`without ${name} the next version is right`, async context => {
      const { feed, client } = await prepare(context);
      removeKept(feed, name);
      await publish(feed, second);
      await client.sync();
      client.assertHas(expectedOf(second), accounts);
      await publish(feed, third);
      await assertServes(feed, client, third);
    });
  }

  for (const name of ['index.json.gz', 'persons.sqlite', 'history.json'] as const) {
    test(`with a damaged ${name} the next version is right`, async context => {
      const { feed, client } = await prepare(context);
      for (const content of ['', 'damaged '.repeat(1000)]) {
        removeKept(feed, name);
        writeFileSync(join(feed.dir, 'private', name), content);
        await publish(feed, second);
        await publish(feed, first);
        await assertServes(feed, client, first);
      }
    });
  }

  test('with a damaged or missing cache file the next version is right', async context => {
    const { feed, client } = await prepare(context);
    for (const content of [undefined, '', 'damaged '.repeat(1000)]) {
      for (const name of readdirSync(feed.places.cache).filter(file => file.includes('.sqlite'))) {
        const path = join(feed.places.cache, name);
        rmSync(path);
        if (content !== undefined && name.endsWith('.sqlite')) writeFileSync(path, content);
      }
      await publish(feed, second);
      await publish(feed, first);
      await assertServes(feed, client, first);
    }
  });

  test('nowhere to write: nothing is published', async context => {
    const { feed, client } = await prepare(context);
    if (process.getuid?.() === 0) return;
    chmodSync(feed.places.files, 0o500);
    await publish(feed, second).then(
      () => assert.unreachable('it was published'),
      () => undefined,
    );
    chmodSync(feed.places.files, 0o700);
    await client.sync();
    client.assertHas(expectedOf(first), accounts);
    await publish(feed, second);
    await assertServes(feed, client, second);
    assert.ok(existsSync(feed.places.index));
  });
});
