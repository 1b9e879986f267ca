/** A feed is configured, and nobody is there: the validator starts and answers from the cache it has. */
import { createServer } from 'node:http';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { freePort } from '../../../sim/wires/free-port.ts';
import { initRepository } from '../../../sync/publisher/signing/tuf-repository.ts';
import { suite, until } from '../../harness.ts';
import { type Stand, startStand } from './stand.ts';

async function withFeed(stand: Stand, feed: Readonly<Record<string, unknown>>): Promise<number> {
  const { root } = initRepository(join(stand.directory, 'publisher'), Date.now());
  const from = stand.log.length;
  await stand.restartWith({ feed: { root, pollS: 0.2, ...feed } });
  return from;
}

suite('feed down', test => {
  test('starts, answers from the cache, and the console says so without a password', async context => {
    const stand = await startStand(context);
    const url = `http://bus:secret@127.0.0.1:${await freePort()}/feed`;
    const from = await withFeed(stand, { url });
    const refused = await stand.logged('feed-refused', from);
    assert.equal([refused.level, refused.kind, refused.kept], ['warn', 'disconnected', 1]);
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
    assert.is((await stand.tap(stand.crowd.tUnion('red'))).verdict, 'abnormal');
    assert.is((await stand.tap(stand.crowd.tUnion('none'))).verdict, 'not-found');
    const feed = await stand.ask('feed');
    for (const text of [/state +FAILS for \d+ s: .*ECONNREFUSED/, /last success +none since the start/])
      assert.match(feed, text);
    const status = await stand.ask('status');
    assert.match(status, 'bus-1-front: WORKS\r\n', 'a tunnel is no fault');
    assert.match(status, /feed +FAILS for/);
    assert.match(await stand.ask('readers'), /feed +feed +works/);
    assert.match(await stand.ask('sync'), 'asked');
    const printed = [feed, status, await stand.ask('config'), JSON.stringify(stand.log)].join('\n');
    assert.match(printed, '//***@127.0.0.1');
    assert.not.match(printed, 'secret');
    const again = stand.log.slice(from).filter(({ event }) => event === 'feed-refused');
    assert.is(again.length, 1, 'once, not at each poll');
    assert.is((await stand.stop()).code, 0);
  });

  test('somebody else answers there: a fault at once, and rides go on', async context => {
    const stand = await startStand(context, { settings: { noticeMs: 1000 } });
    const server = createServer((_, answer) => void answer.end('<html>Welcome to this network</html>'));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    context.after(() => server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await withFeed(stand, { url: `http://127.0.0.1:${port}` });
    await until('the fault', async () =>
      /1\. feed feed: .*metadata\/2\.root\.json: .*JSON/.test(await stand.ask('status')),
    );
    await stand.shows('crew', 'light amber', '健康码数据更新故障');
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
  });
});
