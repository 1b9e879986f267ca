/** The list of denied media: in the feed with the links, on the validators, and as a table. */
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import { readPointer } from '../../../sync/cache/directory.ts';
import { deniedSlot } from '../../../sync/feed/denied-marks.ts';
import { type DeniedMedium, readDenied, takenDenied } from '../../../sync/publisher/denied-media.ts';
import { startEpoch } from '../../../sync/publisher/epochs/epoch-keys.ts';
import { lastIndex } from '../../../sync/publisher/publish-index.ts';
import { publishTable } from '../../../sync/publisher/publish-table.ts';
import { openPublisher } from '../../../sync/publisher/publisher.ts';
import type { Link } from '../../../sync/publisher/table/people.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import {
  account,
  digestsOf,
  edition,
  expectedOf,
  makeSmallFeed,
  openSmallPublisher,
  publishRows,
  row,
} from './small-feed.ts';

const accounts = Array.from({ length: 16 }, (_, i) => account(i));
const media = (numbers: Iterable<number>): DeniedMedium[] =>
  [...numbers].map(i => ({ medium: 't-union', account: account(i), reason: 'lost' }));
const accountsOf = (numbers: Iterable<number>) => [...numbers].sort((a, b) => a - b).map(account);
const linked = [row(1, 'wang', 'green'), row(2, 'wang', 'green'), row(3, 'li', 'red')];

interface Version {
  /** Numbers of the linked media. */
  readonly linked: readonly number[];
  /** Of those denied; undefined for no new list. */
  readonly denied: readonly number[] | undefined;
  readonly rotates: boolean;
  readonly reopens: boolean;
  readonly isFollowed: boolean;
}

const numbers = fc.uniqueArray(fc.nat(accounts.length - 1), { maxLength: 8 });
const version: fc.Arbitrary<Version> = fc.record({
  linked: numbers,
  denied: fc.option(numbers, { nil: undefined, freq: 2 }),
  rotates: fc.integer({ min: 0, max: 5 }).map(n => n === 0),
  reopens: fc.boolean(),
  isFollowed: fc.integer({ min: 0, max: 2 }).map(n => n === 0),
});

suite('denied media in the feed', test => {
  test('by property: whatever is linked, denied, reinstated and renewed, validators have both as they were given', async context => {
    await fc.assert(
      fc.asyncProperty(fc.array(version, { minLength: 2, maxLength: 8 }), async versions => {
        const feed = await makeSmallFeed(context);
        const follower = feed.client();
        let publisher = openPublisher(feed.dir);
        let before: Link[] = [];
        let denied: readonly number[] = [];
        for (const { rotates, reopens, isFollowed, ...version } of versions) {
          if (rotates) startEpoch(feed.dir, Date.now());
          if (rotates || reopens) {
            publisher.close();
            publisher = openPublisher(feed.dir);
          }
          const rows = version.linked.map(i => row(i, `p${i % 5}`, 'green'));
          const list = version.denied && media(version.denied);
          const published = publishRows(feed, publisher, before, rows, { denied: list });
          before = rows;
          denied = version.denied ?? denied;
          assert.is(published.links, rows.length);
          assert.is(published.denied, denied.length);
          for (const client of [feed.client(), ...(isFollowed ? [follower] : [])]) {
            const synced = await client.sync();
            assert.is(synced.links, rows.length);
            assert.is(synced.denied, denied.length);
            client.assertHas(expectedOf(rows), accounts);
            assert.equal(client.denied(accounts), accountsOf(denied));
            assert.equal(client.digests(), digestsOf(feed.places.cache, feed.dir));
          }
        }
        publisher.close();
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });

  test('a new list is a delta, with the people’s changes or alone, and counts as no link', async context => {
    const feed = await makeSmallFeed(context);
    const client = feed.client();
    const publisher = openSmallPublisher(context, feed);
    publishRows(feed, publisher, [], linked);
    await client.sync();
    const published = publishRows(feed, publisher, linked, [], { denied: media([1, 9]) });
    assert.equal(
      { ...published, bytesWritten: 0 },
      { version: 3, links: 0, denied: 2, added: 0, removed: 3, statusChanged: 0, bytesWritten: 0 },
    );
    assert.is((await client.sync()).how, 'delta');
    assert.equal(client.denied(accounts), accountsOf([1, 9]));
    publishRows(feed, publisher, [], [], { denied: media([9]) });
    assert.is((await client.sync()).how, 'delta');
    assert.equal(client.denied(accounts), accountsOf([9]));
    publishRows(feed, publisher, [], [], { denied: [] });
    await client.sync();
    assert.equal(client.denied(accounts), []);
  });

  test('a list larger than the links comes as a snapshot, and what changes in it as a delta', async context => {
    const feed = await makeSmallFeed(context);
    const [client, publisher] = [feed.client(), openSmallPublisher(context, feed)];
    const many = (from: number) => media(Array.from({ length: 20_000 }, (_, i) => from + i));
    publishRows(feed, publisher, [], linked);
    publishRows(feed, publisher, linked, linked, { denied: many(0) });
    const first = await client.sync();
    assert.is(first.how, 'snapshot');
    const changed = publishRows(feed, publisher, linked, linked, { denied: many(100) });
    assert.ok(changed.bytesWritten < first.bytes / 10, `${changed.bytesWritten} of ${first.bytes} bytes`);
    const next = await client.sync();
    assert.is(next.how, 'delta');
    assert.ok(next.bytes < first.bytes / 10, `${next.bytes} of ${first.bytes} bytes`);
    assert.is(next.denied, 20_000);
    assert.equal(client.denied(accounts), []);
  });

  for (const step of [
    'private/.denied.csv.new',
    'private/.history.json.new',
    'public/metadata/.timestamp.json.new',
    'private/.index.json.gz.new',
  ]) {
    test(`broken off at ${step}: the next publication has the list that was taken last`, async context => {
      const feed = await makeSmallFeed(context);
      const [client, publisher] = [feed.client(), openSmallPublisher(context, feed)];
      publishRows(feed, publisher, [], linked, { denied: media([3]) });
      await client.sync();
      mkdirSync(join(feed.dir, step));
      assert.throws(() => publishRows(feed, publisher, linked, linked, { denied: media([1, 2]) }));
      rmdirSync(join(feed.dir, step));
      const taken = takenDenied(feed.dir)?.map(({ account }) => account);
      assert.equal(taken, accountsOf(step.includes('denied') ? [3] : [1, 2]));
      publishRows(feed, openSmallPublisher(context, feed), linked, linked);
      for (const each of [client, feed.client()]) {
        await each.sync();
        assert.equal(each.denied(accounts), taken);
      }
    });
  }

  test('a validator whose cache has lost a mark has it again with the next version', async context => {
    const feed = await makeSmallFeed(context);
    const [client, publisher] = [feed.client(), openSmallPublisher(context, feed)];
    startEpoch(feed.dir, Date.now());
    publishRows(feed, publisher, [], linked, { denied: media([3, 9]) });
    await client.sync();
    const db = new Database(join(client.directory, readPointer(client.directory)?.current ?? ''));
    assert.is(db.prepare('DELETE FROM link WHERE value >> 16 = ?').run(deniedSlot).changes, 2);
    db.close();
    assert.equal(client.denied(accounts), []);
    publishRows(feed, publisher, linked, linked, { denied: media([3]) });
    assert.is((await client.sync()).how, 'snapshot', 'the delta did not come out as announced');
    assert.equal(client.denied(accounts), accountsOf([3]));
    client.assertHas(expectedOf(linked), accounts);
    assert.equal(client.digests(), digestsOf(feed.places.cache, feed.dir));
  });

  test('nobody comes off the list because the publisher has lost it', async context => {
    const feed = await makeSmallFeed(context);
    const [client, publisher] = [feed.client(), openSmallPublisher(context, feed)];
    publishRows(feed, publisher, [], linked, { denied: media([3]) });
    startEpoch(feed.dir, Date.now());
    writeFileSync(feed.places.denied, 'medium,account,reason\nt-union,12,lost\n');
    assert.throws(() => publishRows(feed, publisher, [], linked), /denied\.csv: line 2/);
    rmSync(feed.places.denied);
    assert.throws(() => publishRows(feed, publisher, [], linked), /denied\.csv is missing.*--denied/);
    publishRows(feed, publisher, [], linked, { denied: media([2]) });
    await client.sync();
    assert.equal(client.denied(accounts), accountsOf([2]));
    rmSync(feed.places.denied);
    publishRows(feed, publisher, linked, linked, { denied: media([1]) });
    await client.sync();
    assert.equal(client.denied(accounts), accountsOf([1]));
  });
});

const people = `medium,account,person,status\nt-union,${account(1)},wang,green\n`;

suite('the table of denied media', test => {
  test('is read as people write it, and replaces the list; without one it stays; an empty one denies nobody', async context => {
    const feed = await makeSmallFeed(context);
    const client = feed.client();
    const file = join(temporaryDirectory(context), 'denied.csv');
    const publish = async (table?: string) => {
      writeFileSync(join(feed.dir, 'table.csv'), people);
      if (table !== undefined) writeFileSync(file, table);
      const denied = table === undefined ? undefined : await readDenied(file);
      const published = await publishTable(feed.dir, join(feed.dir, 'table.csv'), { ...edition(), denied });
      await client.sync();
      assert.is(client.denied(accounts).length, published.denied);
      return client.denied(accounts);
    };
    assert.equal(await publish(), []);
    const twice = `卡种;卡号;原因\nT-Union;'${account(1)};LOST\nt_union;${account(5)};debtor\nt-union;${account(5)};cloned\n`;
    assert.equal(await publish(twice), accountsOf([1, 5]));
    assert.equal(await publish(), accountsOf([1, 5]));
    startEpoch(feed.dir, Date.now());
    assert.equal(await publish(), accountsOf([1, 5]), 'of the next epoch, though nobody gave it again');
    assert.not.match(JSON.stringify(lastIndex(feed.dir)), account(1));
    assert.equal(await publish('medium,account,reason\n'), []);
    assert.equal(await publish(), []);
  });

  test('what cannot be used is refused with its line, and the last one stays', async context => {
    const feed = await makeSmallFeed(context);
    const publisher = openSmallPublisher(context, feed);
    publishRows(feed, publisher, [], linked, { denied: media([3]) });
    const file = join(temporaryDirectory(context), 'denied.csv');
    const header = 'medium,account,reason\n';
    for (const [text, problem] of [
      ['', /header must be medium,account,reason/],
      ['medium,account\n', /line 1: the header must be medium,account,reason/],
      [`${header}t-union,${account(1)},lost\nt-union,12,lost\n`, /denied\.csv: line 3: account/],
      [`${header}t-union,${account(1)},stolen\n`, /line 2: reason/],
      [`${header}metro,${account(1)},lost\n`, /line 2: medium/],
      [`${header}t-union,3.10511E+18,lost\n`, /line 2.*spreadsheet/],
      [
        `${header}${['1', '2', '3'].map(i => `t-union,3105${i}00000000000000,lost\n`).join('')}`,
        /--trust-zeros/,
      ],
      [`${header}t-union,${account(1)}\n`, /line 2: has 2 fields/],
    ] as const) {
      writeFileSync(file, text);
      const error = await readDenied(file).then(
        () => undefined,
        thrown => thrown,
      );
      assert.ok(error instanceof WrongUsage, String(error));
      assert.match(messageOf(error), problem);
      assert.not.match(messageOf(error), account(1));
    }
    assert.equal(takenDenied(feed.dir), media([3]));
    assert.match(readFileSync(feed.places.denied, 'utf8'), /^medium,account,reason\n/);
  });
});
