/** Fleet keys: one that is not held, one that is another under the same name, a new one from a snapshot on. */
import { randomBytes } from 'node:crypto';
import * as assert from 'uvu/assert';
import { startEpoch } from '../../../../sync/publisher/epochs/epoch-keys.ts';
import type { TestContext } from '../../../harness.ts';
import { suite } from '../../../harness.ts';
import { serveFaulty } from './faulty-server.ts';
import { copyOfFeed, emptyFeed } from './test-feed.ts';
import { assertArrives, assertServes, newValidator, refusalOf, versionOf } from './test-validator.ts';

async function served(context: TestContext) {
  const feed = copyOfFeed(context);
  const server = await serveFaulty(context, feed.places.public);
  return { feed, server, validator: newValidator(context, feed, server.url), newest: feed.version };
}

const foreign = [{ id: 'fleet-of-others', key: randomBytes(32) }];

suite('fleet keys', test => {
  test('a feed under a key that is not held', async context => {
    const { feed, validator, newest } = await served(context);
    const held = validator.keys;
    validator.keys = foreign;
    assert.match(
      await refusalOf(validator),
      /^FeedError made under fleet key epoch-1, which is not held here/,
    );
    assertServes(validator, feed, undefined);
    validator.keys = [...foreign, ...held];
    await assertArrives(validator, feed, newest);
  });

  test('a key whose bytes are others under the same name finds nobody, and says so', async context => {
    const { feed, validator, newest } = await served(context);
    const held = validator.keys;
    validator.keys = [{ id: 'epoch-1', key: randomBytes(32) }];
    const another = /^FeedError epoch-1 as it is held here is not the feed's/;
    assert.match(await refusalOf(validator), another);
    assertServes(validator, feed, undefined);
    validator.keys = held;
    await assertArrives(validator, feed, newest);
    validator.keys = [{ id: 'epoch-1', key: randomBytes(32) }];
    assertServes(validator, feed, undefined);
    feed.publish('delta');
    assert.match(await refusalOf(validator), another);
    assertServes(validator, feed, undefined);
    validator.keys = held;
    await assertArrives(validator, feed, feed.version);
  });

  test('a new key from a snapshot on: who holds both goes over, who holds the old one keeps what it has', async context => {
    const { feed, server, validator, newest } = await served(context);
    await assertArrives(validator, feed, newest);
    const late = newValidator(context, feed, server.url);
    await assertArrives(late, feed, newest);
    const old = late.keys;
    startEpoch(feed.dir, Date.now());
    validator.keys = feed.keys();
    assertServes(validator, feed, newest);
    feed.publish('snapshot');
    feed.publish('delta');
    assert.is((await assertArrives(validator, feed, feed.version)).how, 'snapshot');
    assert.match(await refusalOf(late), /^FeedError made under fleet key epoch-2, which is not held here/);
    assertServes(late, feed, newest);
    late.keys = [...old, ...feed.keys().slice(0, 1)];
    // The account's token is the one under the key of the data in use, wherever it stands in the list.
    await assertArrives(late, feed, feed.version);
  });

  test('a generation under a key that is not held any more stays for when it comes', async context => {
    const { feed, validator, newest } = await served(context);
    const held = validator.keys;
    await assertArrives(validator, feed, newest);
    validator.keys = foreign;
    feed.publish('delta');
    assert.match(await refusalOf(validator), /epoch-1, which is not held here/);
    assert.is(versionOf(validator), undefined);
    validator.keys = held;
    assertServes(validator, feed, newest);
    await assertArrives(validator, feed, feed.version);
  });

  test('a feed without anybody: nobody is linked, which is an answer', async context => {
    const feed = emptyFeed(context);
    const server = await serveFaulty(context, feed.places.public);
    const validator = newValidator(context, feed, server.url);
    assert.is((await assertArrives(validator, feed, 1)).links, 0);
    await assertArrives(validator, feed, feed.publish('delta'));
    await assertArrives(validator, feed, feed.publish('snapshot'));
  });
});
