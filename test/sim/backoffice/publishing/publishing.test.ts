/** When is published: on schedule, soon after something urgent, one at a time; and again after a failure. */
import { renameSync } from 'node:fs';
import * as assert from 'uvu/assert';
import type { Log } from '../../../../device/log.ts';
import { type PublishTimes, startPublishing } from '../../../../sim/backoffice/publishing/publishing.ts';
import { readFleetKeys } from '../../../../sync/fleet-keys.ts';
import { suite, type TestContext, until } from '../../../harness.ts';
import { makeSmallFeed } from '../publisher/small-feed.ts';
import { makeSmallOffice, owner, thrownBy } from '../small-office.ts';

const never = 3_600_000;

async function start(context: TestContext, times: Partial<PublishTimes> = {}) {
  const feed = await makeSmallFeed(context);
  const office = await makeSmallOffice(context, [], readFleetKeys(feed.places.fleetKeys)[0]);
  const told: string[] = [];
  const tell = (event: string) => void told.push(event);
  const log: Log = { debug: tell, info: tell, warn: tell, error: tell };
  const settings = { feed: feed.dir, office: office.places.office, texts: {} };
  const usual = { everyMs: never, debounceMs: 10, pauseMs: 10, atMost: { publications: 100, withinMs: 1 } };
  const publishing = startPublishing(settings, { ...usual, ...times }, log);
  context.after(() => publishing.close());
  const count = (event: string) => told.filter(each => each === event).length;
  const published = (times: number) =>
    until(`${times} publications`, () => count('published') >= times, 20_000);
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
      publishing.soon();
    }
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
    assert.match(message, /is not the key/);
    renameSync(`${feed.places.onlineKey}.away`, feed.places.onlineKey);
    const before = count('published');
    await published(before + 1);
  });

  test('closed at once, be there a publication under way or not', async context => {
    const { publishing } = await start(context);
    const under = publishing.now().catch(() => undefined);
    await publishing.close();
    await under;
    assert.match((await thrownBy(() => publishing.now())).message, /closed/);
  });
});
