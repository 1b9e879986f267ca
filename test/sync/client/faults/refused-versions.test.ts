/**
 * A version that was refused stands in nobody's way: neither a good one of the same number, as of a publisher who was brought
 * back from a backup, nor the one that was there before. And nothing older comes in because of it.
 */
import * as assert from 'uvu/assert';
import { checkOfKey } from '../../../../sync/fleet-keys.ts';
import { writeTarget } from '../../../../sync/publisher/signing/target-files.ts';
import { publishMetadata } from '../../../../sync/publisher/signing/tuf-repository.ts';
import { suite } from '../../../harness.ts';
import { status } from './faults.ts';
import { copyOfFeed, type TestFeed } from './test-feed.ts';
import { assertArrives, assertServes, newValidator, refusalOf, startAtNewest } from './test-validator.ts';

const dayMs = 86_400_000;

/** An index that is announced as it should be, unless told otherwise, and holds nothing. */
function publishWithoutIndex(feed: TestFeed, changes: { asOf?: number; keyCheck?: string } = {}): void {
  const version = feed.version + 1;
  const [key] = feed.keys();
  if (key === undefined) throw new Error('no fleet key');
  const { asOf = Date.now(), keyCheck = checkOfKey(key) } = changes;
  const custom = { version, linksAsOf: asOf, statusAsOf: asOf, keyId: key.id, keyCheck };
  const texts = ['policy.yaml', 'lines.json'].map(
    name => [name, writeTarget(feed.dir, name, Buffer.from('{}'))] as const,
  );
  const index = { ...writeTarget(feed.dir, 'index.json.gz', Buffer.from('no index')), custom };
  const targets = { ...Object.fromEntries(texts), 'index.json.gz': index };
  publishMetadata(feed.dir, { version, now: Date.now(), targets });
}

suite('refused versions', test => {
  const refusals: readonly (readonly [what: string, publish: (bad: TestFeed) => void, why: RegExp])[] = [
    ['dated ahead', bad => void bad.publish('delta', { asOf: Date.now() + 2 * dayMs }), /is dated/],
    ['signed ahead', bad => void bad.publish('snapshot', { now: Date.now() + 30 * dayMs }), /expires/],
    ['expired', bad => void bad.publish('snapshot', { now: Date.now() - 2 * dayMs }), /expired/],
    ['announced without dates', bad => publishWithoutIndex(bad, { asOf: 9e15 }), /without version and dates/],
    [
      'under a key that is none',
      bad => publishWithoutIndex(bad, { keyCheck: '0'.repeat(32) }),
      /not the feed's/,
    ],
    ['an index that is none', bad => publishWithoutIndex(bad), /index/],
  ];
  for (const [what, publish, why] of refusals) {
    test(`${what}: a good version of the same number is taken`, async context => {
      const { feed: bad, server, validator, newest } = await startAtNewest(context);
      const good = copyOfFeed(context);
      const fresh = newValidator(context, bad, server.url);
      publish(bad);
      for (const _ of [1, 2]) {
        assert.match(await refusalOf(validator), why);
        assert.match(await refusalOf(fresh), why);
      }
      assertServes(validator, bad, newest);
      server.directory = good.publicAt(newest - 1);
      assert.match(await refusalOf(validator), /version 7 is less than current version 8|rollback/);
      server.directory = good.places.public;
      assert.is(good.publish('delta'), newest + 1);
      await assertArrives(validator, good, newest + 1);
      await assertArrives(fresh, good, newest + 1);
    });
  }

  test('refused for its date: the version before is good again', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    feed.publish('delta', { asOf: Date.now() + 2 * dayMs });
    assert.match(await refusalOf(validator), /is dated/);
    server.directory = feed.publicAt(newest);
    assert.is((await assertArrives(validator, feed, newest)).how, 'none');
  });

  test('half of its metadata has come when another takes its place: that one is taken', async context => {
    const { feed: first, server, validator, newest } = await startAtNewest(context);
    const second = copyOfFeed(context);
    first.publish('delta');
    const end = server.inject(`metadata/${newest + 1}.snapshot.json`, status(503));
    assert.match(await refusalOf(validator), /status 503/);
    end();
    // Another instant: the two are told apart.
    second.publish('snapshot', { asOf: first.truth(newest + 1).asOf + 1000 });
    server.directory = second.places.public;
    await assertArrives(validator, second, newest + 1);
  });

  test('taken while no time was believed: a good one of the same number takes its place', async context => {
    const { feed: bad, server, validator, newest } = await startAtNewest(context);
    const good = copyOfFeed(context);
    validator.time = 'unknown';
    const ahead = Date.now() + 30 * dayMs;
    await assertArrives(validator, bad, bad.publish('delta', { now: ahead, asOf: ahead }));
    good.publish('delta');
    server.directory = good.places.public;
    await assertArrives(validator, good, newest + 1);
    validator.time = undefined;
    await assertArrives(validator, good, good.publish('delta'));
  });
});
