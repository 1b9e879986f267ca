/** Signed dates in the future: refused by a believed clock, outlived by a validator that took one while it believed none. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { writeTarget } from '../../../../sync/publisher/signing/target-files.ts';
import { publishMetadata } from '../../../../sync/publisher/signing/tuf-repository.ts';
import { suite } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { assertArrives, assertServes, newValidator, refusalOf, startAtNewest } from './test-validator.ts';

const dayMs = 86_400_000;

suite('dates in the future', test => {
  for (const aheadMs of [2 * 60_000, 2 * dayMs, 30 * dayMs, 10 * 365 * dayMs]) {
    test(`data dated ${aheadMs / dayMs} days ahead is refused, the next version is taken`, async context => {
      const { feed, validator, newest, server } = await startAtNewest(context);
      feed.publish('delta', { asOf: Date.now() + aheadMs });
      for (const _ of [1, 2])
        assert.match(await refusalOf(validator), /^FeedError version 9 is dated .* wrong$/);
      assertServes(validator, feed, newest);
      const fresh = newValidator(context, feed, server.url);
      assert.match(await refusalOf(fresh), /is dated/);
      feed.publish('delta', { asOf: Date.now() });
      await assertArrives(validator, feed, feed.version);
      await assertArrives(fresh, feed, feed.version);
    });
  }

  test('metadata signed a month ahead is refused by its expiry, whatever the data says', async context => {
    const { feed, validator, newest, server } = await startAtNewest(context);
    const before = join(temporaryDirectory(context), 'public');
    cpSync(feed.places.public, before, { recursive: true });
    feed.publish('delta', { now: Date.now() + 30 * dayMs });
    assert.match(await refusalOf(validator), /^FeedError .*timestamp.json expires .* wrong$/);
    assertServes(validator, feed, newest);
    // Nothing of it is remembered: what was there before is no rollback.
    server.directory = before;
    assert.is((await validator.sync()).version, newest);
    server.directory = feed.places.public;
    await assertArrives(validator, feed, feed.publish('delta'));
  });

  test('without a belief any date is taken, and left at the next version', async context => {
    const { feed, validator } = await startAtNewest(context);
    validator.time = 'unknown';
    const ahead = Date.now() + 30 * dayMs;
    await assertArrives(validator, feed, feed.publish('delta', { now: ahead, asOf: ahead }));
    // All clocks look wrong by what is in use: there is no belief now either. The next version was signed a month before.
    await assertArrives(validator, feed, feed.publish('delta', { asOf: Date.now() }));
    validator.time = undefined;
    await assertArrives(validator, feed, feed.publish('delta', { asOf: Date.now() }));
  });

  test('a date of another century is no date, with or without a belief', async context => {
    const { feed, validator, newest } = await startAtNewest(context);
    const version = newest + 1;
    const dates = { version, linksAsOf: 9e15, statusAsOf: 9e15, keyId: 'epoch-1', keyCheck: '0'.repeat(32) };
    // The publisher itself refuses such a date: only its keys in other hands can sign it.
    publishMetadata(feed.dir, {
      version,
      now: Date.now(),
      targets: {
        'index.json.gz': { ...writeTarget(feed.dir, 'index.json.gz', Buffer.from('x')), custom: dates },
      },
    });
    for (const time of [undefined, 'unknown'] as const) {
      validator.time = time;
      assert.match(await refusalOf(validator), /announced without version and dates/);
      assertServes(validator, feed, newest);
    }
  });

  test('data that another source of time bears out is taken: the believed one is wrong then', async context => {
    const { feed, validator } = await startAtNewest(context);
    const now = Date.now() - 2 * dayMs;
    validator.time = { earliest: now, latest: now };
    feed.publish('delta', { now });
    assert.match(await refusalOf(validator), /is dated/);
    validator.time = { earliest: now, latest: Date.now() };
    await assertArrives(validator, feed, feed.version);
  });
});
