/** A publisher signs no date that its last version, the data or a trusted source of time contradicts, unless told to. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import { checkSigningClock, type SigningDates } from '../../../sync/publisher/signing-clock.ts';
import { noPeople } from '../../../sync/publisher/table/people-columns.ts';
import { askTime, checkTimeSources } from '../../../sync/publisher/trusted-time.ts';
import { suite, type TestContext } from '../../harness.ts';
import { makeSmallFeed, openSmallPublisher, publishRows, row } from './small-feed.ts';

const dayMs = 86_400_000;

function problemOf(dir: string, dates: SigningDates): string {
  try {
    checkSigningClock(dir, dates);
    return 'signed';
  } catch (error) {
    return String(error);
  }
}

async function serveDate(context: TestContext, date: string | undefined): Promise<string> {
  const server = createServer((_, response) => {
    response.sendDate = false;
    if (date !== undefined) response.setHeader('date', date);
    response.end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  context.after(() => new Promise(resolve => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

suite('signing clock', test => {
  test('in both directions, and in spite of it when told so', async context => {
    const { dir } = await makeSmallFeed(context);
    const now = Date.now();
    for (const [dates, expected] of [
      [{ now }, /^signed/],
      [{ now: now + dayMs / 2 }, /^signed/],
      [
        { now: now + 2 * dayMs },
        /last version was signed at .* more than a day before; .*--trust-clock.*--time-from/,
      ],
      [{ now: now - 2 * dayMs }, /more than a day after/],
      [{ now: now + 30 * dayMs, trustClock: true }, /^signed/],
      [{ now, linksAsOf: now + 120_000 }, /the data would be dated/],
      [{ now, statusAsOf: 9e15 }, /no validator takes what is dated no time/],
      [{ now, statusAsOf: 8.64e15, trustClock: true }, /dated \+275760-09-13/],
      [{ now, linksAsOf: Date.parse('0000-01-01'), trustClock: true }, /dated 0000-01-01/],
      [{ now: Number.NaN, trustClock: true }, /dated no time/],
      [{ now, linksAsOf: -1, trustClock: true }, /dated 1969-12-31/],
      [{ now, linksAsOf: 0, statusAsOf: 0 }, /^signed/],
      [{ now, trustedNow: now + 120_000 }, /the source of time says/],
      [{ now: now + 30 * dayMs, trustedNow: now + 30 * dayMs }, /^signed/],
    ] as const) {
      assert.match(problemOf(dir, dates), expected);
    }
  });

  test('a refused publication changes nothing, and one that was told to is the measure from then on', async context => {
    const feed = await makeSmallFeed(context);
    const publisher = openSmallPublisher(context, feed);
    const rows = [row(1, 'wang', 'green')];
    publishRows(feed, publisher, [], rows);
    const ahead = { now: Date.now() + 30 * dayMs };
    assert.throws(() => publisher.publishChanges(noPeople, noPeople, String, ahead), /not signed/);
    assert.throws(() => publisher.publishAll(noPeople, String, ahead), /not signed/);
    assert.is(publisher.version, 2);
    const client = feed.client();
    await client.sync();
    client.assertHas(new Map([[rows[0]?.account ?? '', 'green']]), [rows[0]?.account ?? '']);
    publisher.publishChanges(noPeople, noPeople, String, { ...ahead, trustClock: true });
    assert.match(problemOf(feed.dir, { now: Date.now() }), /more than a day after/);
    assert.is(problemOf(feed.dir, ahead), 'signed');
  });

  test('the source of time: by https or from this machine, and only with a date', async context => {
    assert.throws(
      () => checkTimeSources(['https://a.example', 'http://time.example.org']),
      /not an https address/,
    );
    assert.throws(() => checkTimeSources(['ftp://127.0.0.1']), /not an https address/);
    checkTimeSources(['https://time.example.org']);
    const source = await serveDate(context, 'Fri, 10 Jun 2022 00:00:00 GMT');
    checkTimeSources([source]);
    assert.is(await askTime([source]), Date.UTC(2022, 5, 10));
    const mute = await serveDate(context, undefined);
    const failure = await askTime([mute]).catch(String);
    assert.match(String(failure), /its answer has no date/);
  });

  test('of several sources more than half must agree; one that is wrong or away among three does not matter', async context => {
    const right = 'Fri, 10 Jun 2022 00:00:00 GMT';
    const [a, b, late, wrong, mute] = await Promise.all(
      [right, right, 'Fri, 10 Jun 2022 00:00:30 GMT', 'Sun, 10 Jul 2022 00:00:00 GMT', undefined].map(date =>
        serveDate(context, date),
      ),
    );
    const ask = (...sources: (string | undefined)[]) => askTime(sources.map(String)).catch(String);
    assert.is(await ask(a, wrong, b), Date.UTC(2022, 5, 10));
    assert.is(await ask(mute, b, late), Date.UTC(2022, 5, 10, 0, 0, 30));
    assert.match(
      String(await ask(a, wrong)),
      /not signed: .*2022-06-10T00:00:00.000Z.*2022-07-10T00:00:00.000Z/,
    );
    assert.match(String(await ask(a, mute)), /its answer has no date/);
    assert.match(String(await ask(mute, mute, a, b)), /no time that the sources of time agree on/);
  });
});
