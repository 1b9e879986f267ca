/** If a delta is unavailable, all statuses at once or the snapshot lead there as well. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { TestContext } from '../../../harness.ts';
import { suite } from '../../../harness.ts';
import { flippedBit, htmlPage, otherBytes, redirected, status } from './faults.ts';
import type { Fault } from './faulty-server.ts';
import { serveFaulty } from './faulty-server.ts';
import { copyOfFeed } from './test-feed.ts';
import { assertArrives, assertServes, newValidator, refusalOf, twinOf } from './test-validator.ts';

const unusable: readonly Fault[] = [
  status(404),
  status(410),
  redirected,
  flippedBit(30, 3),
  otherBytes(Buffer.alloc(1000)),
];

/** One version behind; the newest is reached by the last delta, or by the snapshot and one delta of sixteen. */
async function startBehind(context: TestContext) {
  const feed = copyOfFeed(context);
  const server = await serveFaulty(context, feed.places.public);
  const first = newValidator(context, feed, server.url);
  const { version } = feed.truth(feed.version).index.snapshot;
  while (feed.version < version + 15) feed.publish('delta');
  await assertArrives(first, feed, feed.version);
  feed.publish('delta');
  const { linkDeltas, status } = feed.truth(feed.version).index;
  const last = (deltas: typeof linkDeltas) =>
    deltas.find(({ from }) => from === feed.version - 1)?.file.sha256;
  const paths = { links: `files/${last(linkDeltas)}`, statuses: `files/${last(status.deltas)}` };
  return { feed, server, validator: () => twinOf(context, feed, server.url, first), paths };
}

suite('other ways', test => {
  test('without any fault it is the delta', async context => {
    const { feed, validator } = await startBehind(context);
    assert.is((await assertArrives(validator(), feed, feed.version)).how, 'delta');
  });

  test('without the link delta it is the snapshot', async context => {
    const { feed, server, validator, paths } = await startBehind(context);
    for (const fault of unusable) {
      const end = server.inject(paths.links, fault);
      assert.is((await assertArrives(validator(), feed, feed.version)).how, 'snapshot');
      end();
    }
  });

  test('without the status delta it is all statuses', async context => {
    const { feed, server, validator, paths } = await startBehind(context);
    for (const fault of unusable) {
      const end = server.inject(paths.statuses, fault);
      assert.is((await assertArrives(validator(), feed, feed.version)).how, 'delta');
      end();
      const { file } = feed.truth(feed.version).index.status;
      assert.ok(
        server.log.some(({ path, bytes }) => path === `files/${file.sha256}` && bytes === file.length),
      );
    }
  });

  test('a delta cut short on the server is given up in the next sync', async context => {
    const { feed, server, validator, paths } = await startBehind(context);
    const one = validator();
    const path = join(feed.places.public, paths.links);
    writeFileSync(path, readFileSync(path).subarray(0, 40));
    assert.match(await refusalOf(one), new RegExp(`${paths.links}: ended after 40 of \\d+ bytes`));
    assertServes(one, feed, feed.version - 1);
    assert.is((await assertArrives(one, feed, feed.version)).how, 'snapshot');
    assert.ok(server.log.some(({ status }) => status === 416));
  });

  test('a page to sign in, shorter than the delta, does not stand in its way', async context => {
    const { feed, server, validator, paths } = await startBehind(context);
    const one = validator();
    const end = server.inject(paths.links, htmlPage);
    assert.match(await refusalOf(one), new RegExp(`${paths.links}: ended after \\d+ of \\d+ bytes`));
    end();
    assert.is((await assertArrives(one, feed, feed.version)).how, 'delta');
  });

  test('without any way it is refused, by the file that was wanted first', async context => {
    const { feed, server, validator, paths } = await startBehind(context);
    const one = validator();
    const end = server.inject(/^files\//, status(404));
    assert.match(await refusalOf(one), new RegExp(`^FeedError .*${paths.links}: status 404`));
    end();
    assertServes(one, feed, feed.version - 1);
    await assertArrives(one, feed, feed.version);
  });
});
