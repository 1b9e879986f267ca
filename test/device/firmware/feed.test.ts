/** A validator whose cache and policy come from a feed: taken up while it runs, replaced when damaged, kept when it is gone. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { parse, stringify } from 'yaml';
import { readPointer } from '../../../sync/cache/directory.ts';
import { openGeneration } from '../../../sync/cache/generation.ts';
import { writeState } from '../../../sync/cache/generation-rows.ts';
import { currentKey } from '../../../sync/publisher/epochs/epoch-keys.ts';
import { feedPlaces } from '../../../sync/publisher/feed-places.ts';
import { serveFeed } from '../../../sync/publisher/feed-server.ts';
import { initFeed } from '../../../sync/publisher/init-feed.ts';
import { publishTable } from '../../../sync/publisher/publish-table.ts';
import type { Link } from '../../../sync/publisher/table/people.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { type BeforeStart, type Stand, startStand } from './stand.ts';

async function serveFeedOf({ directory: home, crowd }: BeforeStart, context: TestContext) {
  const directory = join(home, 'publisher');
  const { root, keys } = initFeed(directory, Date.now());
  const table = join(home, 'people.csv');
  async function publish(people: readonly Link[], policyFile?: string): Promise<number> {
    const rows = people.map(({ medium, account, person, status }) =>
      [medium, account, person, status].join(),
    );
    writeFileSync(table, `medium,account,person,status\n${rows.join('\n')}\n`);
    return (await publishTable(directory, table, { now: Date.now(), policyFile })).version;
  }
  const version = await publish(crowd.links);
  const server = await serveFeed(feedPlaces(directory).public, 0);
  context.after(() => server.close());
  return { root, keys, version, publish, server, key: currentKey(directory) };
}

async function startFedStand(context: TestContext) {
  let served: Awaited<ReturnType<typeof serveFeedOf>> | undefined;
  const stand = await startStand(context, {
    async prepare(before) {
      served = await serveFeedOf(before, context);
      const { root, keys, server } = served;
      return {
        links: { cache: 'fed', fleetKeys: keys },
        feed: { url: server.url, root, pollS: 0.2 },
        noticeMs: 500,
      };
    },
  });
  if (served === undefined) throw new Error('no feed');
  await hasVersion(stand, served.version, 0);
  return { stand, ...served, cache: join(stand.directory, 'fed') };
}

function hasVersion(stand: Stand, version: number, from: number): Promise<unknown> {
  return until(`version ${version} is in use`, () =>
    stand.log.slice(from).some(line => line.event === 'links' && line.version === version),
  );
}

suite('feed', test => {
  test('damage that no look-up has met is noticed soon after the start, and mended', async context => {
    const { stand, cache } = await startFedStand(context);
    const damaged = readPointer(cache)?.current ?? '';
    await stand.cutPower(() => {
      const db = new Database(join(cache, damaged));
      db.exec('UPDATE link SET value = value + 65536 WHERE rowid % 7 = 0');
      db.close();
    });
    await stand.ready();
    const noticed = await stand.logged('cache-damaged', 0);
    assert.equal([noticed.level, noticed.generation], ['error', damaged]);
    await until('another one is in use', () => ![damaged, undefined].includes(readPointer(cache)?.current));
    await stand.logged('cache-proved', 0);
    const { crowd } = stand;
    for (const [health, verdict] of [
      ['green', 'pass'],
      ['red', 'abnormal'],
      ['none', 'not-found'],
    ] as const) {
      assert.is((await stand.tap(crowd.tUnion(health))).verdict, verdict);
    }
  });

  test('links, statuses and the policy of the feed count, each from when they come', async context => {
    const { stand, publish } = await startFedStand(context);
    const { crowd } = stand;
    const first = stand.log.find(({ event, how }) => event === 'feed-synced' && how === 'snapshot');
    assert.equal([first?.level, first?.previousVersion, first?.links], ['info', null, 2250]);
    const card = crowd.tUnion('green');
    assert.is((await stand.tap(card)).verdict, 'pass');
    assert.is((await stand.tap(card)).verdict, 'repeat');
    assert.is((await stand.tap(crowd.tUnion('red'))).verdict, 'abnormal');

    const before: Record<string, unknown> = parse(readFileSync(stand.office.files.policy, 'utf8'));
    const policyFile = join(stand.directory, 'other-policy.yaml');
    writeFileSync(policyFile, stringify({ ...before, lines: ['2'], repeatWindowS: 0 }));
    const turned = crowd.links.map(link =>
      link.status === 'red' ? { ...link, status: 'popup' as const } : link,
    );
    const from = stand.log.length;
    await hasVersion(stand, await publish(turned, policyFile), from);
    const policy = await stand.logged('policy', 0);
    assert.equal([policy.level, policy.lines], ['info', ['2']]);
    const delta = stand.log.findLast(({ event, level }) => event === 'feed-synced' && level === 'info');
    assert.equal([delta?.how, delta?.renewed], ['delta', ['policy.yaml', 'lines.json']]);
    const outcome = await stand.tap(crowd.tUnion('red'));
    assert.equal([outcome.verdict, outcome.status], ['abnormal', 'popup']);
    for (let i = 0; i < 2; i++) assert.is((await stand.tap(card)).verdict, 'pass', 'no window, no repeat');

    await stand.cutPower();
    await stand.ready();
    assert.is((await stand.tap(card)).verdict, 'pass', 'the policy outlives a power cut');
  });

  test('a date of next month in the cache: the clock is doubted, until the feed has said better', async context => {
    const { stand, cache, key } = await startFedStand(context);
    const ahead = Date.now() + 30 * 86_400_000;
    const start = stand.log.length;
    await stand.cutPower(() => {
      const { db, seals, state } = openGeneration(join(cache, readPointer(cache)?.current ?? ''), [key], {});
      writeState(db, seals, { ...state, linksAsOf: ahead, statusAsOf: ahead });
      db.close();
    });
    await stand.ready();
    const fault = () =>
      stand.log.slice(start).some(({ event, part }) => event === 'part-fault' && part === 'clock');
    await until('the clock is doubted', fault);
    await until('the clock is believed again', () =>
      stand.log.slice(start).some(({ event, plausible }) => event === 'clock' && plausible === true),
    );
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
  });

  test('a generation found damaged at a tap is replaced, and the feed’s end changes nothing', async context => {
    const { stand, version, server, cache } = await startFedStand(context);
    const damaged = readPointer(cache)?.current ?? '';
    const db = new Database(join(cache, damaged));
    db.exec('UPDATE status SET nibbles = zeroblob(length(nibbles))');
    db.close();
    const from = stand.log.length;
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).reason, 'no-data');
    assert.is((await stand.logged('cache-damaged', from)).generation, damaged);
    const damagedAt = stand.log.findLastIndex(({ event }) => event === 'cache-damaged');
    const replaced = await stand.logged('feed-synced', damagedAt);
    assert.is(replaced.how, 'snapshot');
    await hasVersion(stand, version, damagedAt);
    assert.is((await stand.tap(stand.crowd.tUnion('yellow'))).verdict, 'abnormal');
    await server.close();
    await until('it is noticed', async () => /state +FAILS/.test(await stand.ask('feed')));
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
    const feed = await stand.ask('feed');
    assert.match(feed, /last success .*version \d+/);
    await until('status: WORKS', async () => /bus-1-front: WORKS\r\n/.test(await stand.ask('status')));
  });
});
