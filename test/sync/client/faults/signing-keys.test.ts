/** Who signs: another feed's keys, an online key that was replaced, new root and online keys one after the other. */
import { copyFileSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Timestamp } from '@tufjs/models';
import * as assert from 'uvu/assert';
import { rotateOnlineKey, rotateRootKey } from '../../../../sync/publisher/signing/key-rotation.ts';
import { commonFields, describe, signed } from '../../../../sync/publisher/signing/metadata-file.ts';
import { newestRoot } from '../../../../sync/publisher/signing/root-metadata.ts';
import { type SigningKey, takeKey } from '../../../../sync/publisher/signing/signing-keys.ts';
import { suite } from '../../../harness.ts';
import { flippedBit, otherBytes, status } from './faults.ts';
import { copyOfFeed, emptyFeed, type TestFeed } from './test-feed.ts';
import { assertArrives, assertServes, newValidator, refusalOf, startAtNewest } from './test-validator.ts';

const onlineKey = ({ dir, places }: TestFeed): SigningKey =>
  takeKey(places.onlineKey, newestRoot(dir).keys.online.keyID);

/** What somebody who holds this key can sign for himself: a timestamp over a snapshot that is published. */
function timestampBy(key: SigningKey, { places }: TestFeed, version: number): Buffer {
  const snapshotMeta = describe(version, readFileSync(join(places.metadata, `${version}.snapshot.json`)));
  return signed(new Timestamp({ ...commonFields(version, Date.now(), 86_400_000), snapshotMeta }), [key]);
}

const unsigned = (role: string) => new RegExp(`^FeedError .*${role}.json: .*${role} was signed by 0/1 keys`);

suite('signing keys', test => {
  test('a timestamp signed by another feed’s key', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    const next = feed.publish('delta');
    const end = server.inject(
      'metadata/timestamp.json',
      otherBytes(timestampBy(onlineKey(emptyFeed(context)), feed, next)),
    );
    assert.match(await refusalOf(validator), unsigned('timestamp'));
    assertServes(validator, feed, newest);
    end();
    await assertArrives(validator, feed, next);
  });

  test('all of another feed, at the same address', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    const other = copyOfFeed(context);
    server.directory = emptyFeed(context).places.public;
    assert.match(await refusalOf(validator), /^FeedError .*timestamp.json: .*signed by 0\/1 keys/);
    assertServes(validator, feed, newest);
    const fresh = newValidator(context, feed, server.url);
    assert.match(await refusalOf(fresh), /signed by 0\/1 keys/);
    assertServes(fresh, feed, undefined);
    server.directory = other.places.public;
    await assertArrives(validator, feed, newest);
  });

  test('a stolen online key is worth nothing once it has been replaced', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    const stolen = onlineKey(feed);
    rotateOnlineKey(feed.dir, Date.now());
    const next = feed.publish('delta');
    const forged = timestampBy(stolen, feed, next);
    const end = server.inject('metadata/timestamp.json', otherBytes(forged));
    for (const one of [validator, newValidator(context, feed, server.url)]) {
      assert.match(await refusalOf(one), unsigned('timestamp'));
      assertServes(one, feed, one === validator ? newest : undefined);
    }
    // Also when the thief hides the new root metadata: it has been seen.
    const endHiding = server.inject(/root\.json$/, status(404));
    assert.match(await refusalOf(validator), unsigned('timestamp'));
    endHiding();
    end();
    await assertArrives(validator, feed, next);
  });

  test('what the old online key signed before is refused from the rotation to the next publication', async context => {
    const { feed, validator, newest } = await startAtNewest(context);
    rotateOnlineKey(feed.dir, Date.now());
    assert.match(await refusalOf(validator), unsigned('timestamp'));
    assertServes(validator, feed, newest);
    await assertArrives(validator, feed, feed.publish('delta'));
  });

  test('several rotations at once, from several versions behind', async context => {
    const { feed, server, validator } = await startAtNewest(context);
    for (const rotate of [rotateRootKey, rotateOnlineKey, rotateRootKey, rotateRootKey, rotateOnlineKey]) {
      rotate(feed.dir, Date.now());
      if (rotate === rotateOnlineKey) feed.publish('delta');
    }
    feed.publish('snapshot');
    for (const one of [validator, newValidator(context, feed, server.url)]) {
      await assertArrives(one, feed, feed.version);
      const { version } = JSON.parse(
        readFileSync(join(one.directory, 'metadata', 'root.json'), 'utf8'),
      ).signed;
      assert.is(version, newestRoot(feed.dir).version);
      assert.is(version, 7);
    }
  });

  test('a chain of roots with a link that is damaged, missing, or another feed’s', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    for (const rotate of [rotateRootKey, rotateRootKey, rotateOnlineKey]) rotate(feed.dir, Date.now());
    const next = feed.publish('delta');
    const other = emptyFeed(context);
    for (const _ of [1, 2, 3]) rotateRootKey(other.dir, Date.now());
    const foreign = readFileSync(join(other.places.metadata, '4.root.json'));
    for (const [fault, why] of [
      [flippedBit(700, 0), /4\.root\.json: /],
      [otherBytes(foreign), /4\.root\.json: .*signed by 0\/1 keys/],
      [otherBytes(readFileSync(join(feed.places.metadata, '3.root.json'))), /4\.root\.json: /],
      [status(404), unsigned('timestamp')],
    ] as const) {
      const end = server.inject('metadata/4.root.json', fault);
      assert.match(await refusalOf(validator), why);
      assertServes(validator, feed, newest);
      end();
    }
    await assertArrives(validator, feed, next);
  });

  test('another initial root is another feed, whatever is here', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    const other = emptyFeed(context);
    server.directory = other.places.public;
    const moved = { ...newValidator(context, other, server.url) };
    cpSync(validator.directory, moved.directory, { recursive: true });
    // Its fleet key is named as the other's, but is another: nothing here can be read, all comes anew.
    await assertArrives(moved, other, other.version);
    copyFileSync(other.places.initialRoot, join(validator.directory, 'metadata', 'root.json'));
    assert.match(await refusalOf(validator), /rollback: root 1 is offered, 2 has been seen/);
    assertServes(validator, feed, newest);
    // What was kept in its place is given up: the feed's own root metadata comes anew.
    server.directory = feed.places.public;
    await assertArrives(validator, feed, feed.publish('delta'));
  });
});
