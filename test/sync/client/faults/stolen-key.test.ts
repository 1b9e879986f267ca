/**
 * The drill of docs/operating.md: the online and fleet keys are stolen, everything is forged, the root key is brought out, the
 * online key replaced, a version published. Every validator is healthy at its next poll, whatever it has seen.
 */
import { copyFileSync, cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readPointer } from '../../../../sync/cache/directory.ts';
import type { SyncTime } from '../../../../sync/client/signed-dates.ts';
import { runRotate } from '../../../../sync/commands/publish.ts';
import { decodeIndex } from '../../../../sync/feed/index-file.ts';
import { currentKey } from '../../../../sync/publisher/epochs/epoch-keys.ts';
import { feedPlaces } from '../../../../sync/publisher/feed-places.ts';
import { publishIndex } from '../../../../sync/publisher/publish-index.ts';
import { openPublisher } from '../../../../sync/publisher/publisher.ts';
import { rotateOnlineKey, rotateRootKey } from '../../../../sync/publisher/signing/key-rotation.ts';
import { columnsOf } from '../../../../sync/publisher/table/people-columns.ts';
import type { TestContext } from '../../../harness.ts';
import { suite } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { status } from './faults.ts';
import { emptyFeed, type TestFeed } from './test-feed.ts';
import { assertArrives, assertServes, refusalOf, startAtNewest } from './test-validator.ts';

const highest = Number.MAX_SAFE_INTEGER;
const in2040 = Date.UTC(2040, 0);
const nextYear = Date.now() + 365 * 86_400_000;

/** What somebody publishes who has all but the root key: everybody is green. @returns the public directory */
function forge(context: TestContext, feed: TestFeed, version: number, at = Date.now()): string {
  const dir = join(temporaryDirectory(context), 'thief');
  cpSync(feed.dir, dir, { recursive: true, filter: path => !path.endsWith('/versions') });
  const places = feedPlaces(dir);
  const key = currentKey(dir);
  const people = [...feed.truth(feed.version).people.values()];
  const green = people.map(link => ({ ...link, status: 'green' as const }));
  const edition = { now: at, trustClock: true };
  const publisher = openPublisher(dir);
  publisher.publishAll(columnsOf(key, green), String, edition);
  publisher.close();
  const index = decodeIndex(readFileSync(places.index));
  const { snapshot } = index;
  if (version > index.version)
    publishIndex(dir, { ...index, version, snapshot: { ...snapshot, version } }, key, edition);
  return places.public;
}

suite('a stolen online key', test => {
  for (const [what, version, at, time] of [
    ['the number that the next version will have', 9, Date.now(), undefined],
    ['the highest number', highest, Date.now(), undefined],
    ['the highest number, dated 2040, without a belief', highest, in2040, 'unknown'],
    [
      'the highest number, dated next year, by a clock of then',
      highest,
      nextYear,
      { earliest: nextYear, latest: nextYear },
    ],
  ] as const satisfies readonly (readonly [string, number, number, SyncTime | undefined])[]) {
    test(`${what} was taken: all is right again at the next poll`, async context => {
      const { feed, server, validator } = await startAtNewest(context);
      validator.time = time;
      server.directory = forge(context, feed, version, at);
      assert.is((await validator.sync()).version, version);
      assert.is((await validator.sync()).how, 'none');
      const forged = readPointer(validator.directory)?.current ?? '';
      rotateOnlineKey(feed.dir, Date.now());
      const next = feed.publish('delta');
      const forgery = server.directory;
      server.directory = feed.places.public;
      // The forged dates are gone, and with them what made the clocks look wrong.
      if (time !== 'unknown') validator.time = undefined;
      assert.is(next, 9);
      await assertArrives(validator, feed, next);
      assert.not(existsSync(join(validator.directory, forged)), 'nobody falls back to the forgery');
      validator.time = undefined;
      server.directory = forgery;
      assert.match(await refusalOf(validator), /timestamp was signed by 0\/1 keys/);
      server.directory = feed.places.public;
      assert.is((await assertArrives(validator, feed, next)).how, 'none');
      await assertArrives(validator, feed, feed.publish('delta'));
    });
  }

  test('a validator whose clock contradicts the forged dates has never taken them', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    server.directory = forge(context, feed, highest, in2040);
    assert.match(await refusalOf(validator), /one of the two is wrong/);
    assertServes(validator, feed, newest);
    rotateOnlineKey(feed.dir, Date.now());
    server.directory = feed.places.public;
    await assertArrives(validator, feed, feed.publish('delta'));
  });

  test('metadata alone, of the highest number, its files nowhere', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    server.directory = forge(context, feed, highest);
    for (const files of [/^targets\//, /^files\//]) {
      const end = server.inject(files, status(404));
      await refusalOf(validator);
      assertServes(validator, feed, newest);
      end();
    }
    rotateOnlineKey(feed.dir, Date.now());
    server.directory = feed.places.public;
    await assertArrives(validator, feed, feed.publish('delta'));
  });

  test('the first poll after the rotation is cut off: the one after it will do', async context => {
    const { feed, server, validator } = await startAtNewest(context);
    server.directory = forge(context, feed, highest);
    await validator.sync();
    rotateOnlineKey(feed.dir, Date.now());
    const next = feed.publish('delta');
    server.directory = feed.places.public;
    for (const path of [/timestamp/, /snapshot/, /targets/, /^files/]) {
      const end = server.inject(path, status(503));
      await refusalOf(validator);
      end();
    }
    await assertArrives(validator, feed, next);
  });

  test('what is remembered is lost besides: the initial root still tells that the keys are others', async context => {
    const { feed, server, validator } = await startAtNewest(context);
    server.directory = forge(context, feed, highest);
    await validator.sync();
    rmSync(join(validator.directory, 'seen.json'));
    rotateOnlineKey(feed.dir, Date.now());
    server.directory = feed.places.public;
    await assertArrives(validator, feed, feed.publish('delta'));
  });

  for (const version of [13, highest]) {
    test(`forgery ${version} stands in the publisher’s own place: nothing is published before the rotation`, async context => {
      const { feed, validator, newest } = await startAtNewest(context);
      cpSync(forge(context, feed, version), feed.places.public, { recursive: true });
      assert.is((await validator.sync()).version, version);
      // Root metadata of a feed of the thief's own, which no validator follows.
      const foreign = emptyFeed(context);
      rotateRootKey(foreign.dir, Date.now());
      rotateRootKey(foreign.dir, Date.now());
      const roots = [foreign.places.metadata, feed.places.metadata].map(folder =>
        join(folder, '3.root.json'),
      );
      copyFileSync(roots[0] ?? '', roots[1] ?? '');
      assert.throws(() => feed.publish('delta'), /somebody else has the online key/);
      assert.equal(await runRotate(feed.dir, 'online'), { rotated: 'online', version: newest + 1 });
      assert.is((await validator.sync()).version, newest + 1);
      assert.is((await validator.sync()).how, 'none');
      assert.not(existsSync(join(feed.places.metadata, `${version}.snapshot.json`)));
    });
  }

  test('the publisher itself was made to sign the highest number: under the next key versions go on below it', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    const index = decodeIndex(readFileSync(feed.places.index));
    publishIndex(feed.dir, { ...index, version: highest }, currentKey(feed.dir), { now: Date.now() });
    server.directory = feed.places.public;
    await refusalOf(validator);
    assert.throws(() => feed.publish('delta'), /somebody else has the online key/);
    rotateOnlineKey(feed.dir, Date.now());
    const next = feed.publish('snapshot');
    assert.is(next, newest + 1);
    await assertArrives(validator, feed, next);
  });
});
