/** The syncing thread over https: it reaches the feed by the believed time, as soon as there is one; and what is no TLS at all. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createFeedClient } from '../../../../sync/client/feed-client.ts';
import { suite, until } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { copyOfFeed } from '../faults/test-feed.ts';
import { assertFault, impatient, openHttp } from '../http-client.ts';
import { serveHttp, serveRaw } from '../servers.ts';
import { issueFor, serveSecurely, trustAlso } from './secure-server.ts';

const dayMs = 86_400_000;
const aheadMs = 100 * dayMs;

suite('tls of the syncing thread', test => {
  test.needing(
    'openssl',
    'a certificate of later is a fault, until the clock is believed to be later',
    async context => {
      const feed = copyOfFeed(context);
      const later = Date.now() + aheadMs;
      const version = feed.publish('snapshot', { now: later, asOf: later });
      const directory = temporaryDirectory(context);
      const { root, leaf } = issueFor(later, directory);
      trustAlso(context, root.certificateFile);
      const ahead = new Float64Array(new SharedArrayBuffer(24)).fill(Number.NaN);
      const told: string[] = [];
      const client = createFeedClient(
        {
          url: await serveSecurely(context, feed.places.public, leaf),
          rootFile: feed.places.initialRoot,
          keys: { fleetKeys: feed.keys() },
          directory: join(directory, 'cache'),
          pollMs: 86_400_000,
          timeoutMs: 60_000,
          aheadMs: ahead,
        },
        {
          synced: result => told.push(`synced ${result.version}`),
          refused: ({ kind, message }) => told.push(`${kind} ${message}`),
          damaged: (_, why) => told.push(`damaged ${why}`),
          proved: () => undefined,
          fault: ({ message }) => told.push(`fault ${message}`),
        },
      );
      context.after(() => client.close());
      await until('a refusal', () => told.length > 0);
      assert.match(String(told[0]), /^protocol .*not yet valid: .*the clock is wrong$/);
      ahead.fill(aheadMs);
      await until('a sync', () => told.includes(`synced ${version}`));
    },
  );

  test('a server that speaks no TLS is a fault at once; one that breaks off, or is silent, may come back', async context => {
    const secure = (url: string) => url.replace('http:', 'https:');
    const plain = await serveHttp(context, (_, response) => response.end('a captive portal'));
    await assertFault(openHttp(context).get(secure(plain), 100), 'protocol', /TLS/);
    const broken = await serveRaw(context, socket => socket.destroy());
    await assertFault(openHttp(context).get(secure(broken), 100), 'disconnected', /TLS/);
    const silent = await serveRaw(context, () => undefined);
    await assertFault(openHttp(context, impatient).get(secure(silent), 100), 'timeout', /no TLS handshake/);
  });
});
