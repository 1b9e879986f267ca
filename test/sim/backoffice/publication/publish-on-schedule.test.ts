/** When is published: on schedule, soon after something urgent, one at a time; and again after a failure. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import type { Log } from '../../../../device/kit/log.ts';
import { publishOnSchedule } from '../../../../sim/backoffice/publication/publish-on-schedule.ts';
import type { PublishTimes } from '../../../../sim/backoffice/publication/schedule.ts';
import { currentKey } from '../../../../sync/publisher/epochs/epoch-keys.ts';
import { suite, type TestContext, until } from '../../../harness.ts';
import { makeSmallFeed, type SmallFeed } from '../../../sync/publisher/small-feed.ts';
import { makeSmallOffice, owner, thrownBy } from '../small-office.ts';

const never = 3_600_000;

async function start(
  context: TestContext,
  times: Partial<PublishTimes> = {},
  { feed: given, timeFrom }: { feed?: SmallFeed; timeFrom?: readonly string[] } = {},
) {
  const feed = given ?? (await makeSmallFeed(context));
  const office = await makeSmallOffice(context, [], currentKey(feed.dir));
  const told: string[] = [];
  const tell = (event: string) => void told.push(event);
  const log: Log = { debug: tell, info: tell, warn: tell, error: tell };
  const settings = { feed: feed.dir, office: office.places.office, texts: {}, denied: {}, timeFrom };
  const usual = { everyMs: never, debounceMs: 10, pauseMs: 10, atMost: { publications: 100, withinMs: 1 } };
  const publishing = publishOnSchedule(settings, { ...usual, ...times }, async () => undefined, log);
  context.after(() => publishing.close());
  const count = (event: string) => told.filter(each => each === event).length;
  const published = (times: number) => until(`${times} publications`, () => count('published') >= times);
  return { feed, office, publishing, published, count };
}

suite('publishing', test => {
  test('at the start, then on schedule', async context => {
    const { publishing, published } = await start(context, { everyMs: 20 });
    await published(4);
    assert.ok((publishing.last?.version ?? 0) >= 5);
  });

  test('many urgent changes are one publication, and what comes during it is another', async context => {
    const { office, publishing, published, count } = await start(context, { debounceMs: 30, pauseMs: 150 });
    await published(1);
    for (let i = 0; i < 10; i++) {
      await office.store.people.register(owner(i), owner(i).media, {
        at: 1,
        textVersion: 'v',
        basis: 'consent',
      });
    }
    for (let i = 0; i < 10; i++) publishing.soon();
    await published(2);
    publishing.soon();
    await published(3);
    assert.is(publishing.last?.links, 20);
    assert.is(count('published'), 3);
  });

  test('a change is published at once, but no more versions than validators can follow', async context => {
    const atMost = { publications: 3, withinMs: never };
    const { publishing, published, count } = await start(context, { atMost });
    await published(1);
    publishing.soon();
    await published(2);
    publishing.soon();
    await published(3);
    publishing.soon();
    await new Promise(resolve => setTimeout(resolve, 200));
    assert.is(count('published'), 3);
    await publishing.now();
    assert.is(count('published'), 4, 'unless somebody insists');
  });

  test('one at a time, however many are asked for', async context => {
    const { publishing } = await start(context);
    const all = await Promise.all([1, 2, 3].map(() => publishing.now()));
    const versions = all.map(({ version }) => version);
    assert.equal(
      versions,
      [...new Set(versions)].sort((a, b) => a - b),
    );
  });

  test('a failure is told and tried again', async context => {
    const { feed, publishing, published, count } = await start(context, { everyMs: 50 });
    await published(1);
    renameSync(feed.places.onlineKey, `${feed.places.onlineKey}.away`);
    await until('a failure', () => count('publication-failed') > 0);
    const { message } = await thrownBy(() => publishing.now());
    assert.match(message, /no such file/);
    renameSync(`${feed.places.onlineKey}.away`, feed.places.onlineKey);
    const before = count('published');
    await published(before + 1);
  });

  test('after a pause of days: refused until servers vouch for the clock, then by itself', async context => {
    const feed = await makeSmallFeed(context);
    const { history } = feed.places;
    const [publication] = JSON.parse(readFileSync(history, 'utf8'));
    writeFileSync(history, JSON.stringify([{ ...publication, signedAt: Date.now() - 3 * 86_400_000 }]));
    // Node.js itself puts the date into each answer.
    let isUp = false;
    const server = createServer((request, response) => void (isUp ? response.end() : request.destroy()));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    context.after(() => server.closeAllConnections());
    context.after(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const timeFrom = [`http://127.0.0.1:${port}/`];
    const { publishing, published, count } = await start(context, { everyMs: 50 }, { feed, timeFrom });
    const { message } = await thrownBy(() => publishing.now());
    assert.match(message, /no time that the sources of time agree on: .*more than a day before/);
    isUp = true;
    await published(1);
    assert.is(count('time-unvouched'), 0);
    // From now on the last version vouches for the clock too.
    isUp = false;
    await until('an outage told', () => count('time-unvouched') > 0);
    await published(count('published') + 1);
  });

  test('closed at once, be there a publication under way or not', async context => {
    const { publishing } = await start(context);
    const under = publishing.now().catch(() => undefined);
    await publishing.close();
    await under;
    assert.match((await thrownBy(() => publishing.now())).message, /closed/);
  });
});
