import { cpSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mock } from 'node:test';
import * as assert from 'uvu/assert';
import { WrongUsage } from '../../../../device/kit/errors.ts';
import { writeTarget } from '../../../../sync/publisher/signing/target-files.ts';
import {
  initRepository,
  publishedVersion,
  publishMetadata,
} from '../../../../sync/publisher/signing/tuf-repository.ts';
import { suite } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { assertRefused, type Feed, makeFeed, outcome, publishStatus, target } from './feed-client.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Every file under `dir` with its content. */
function contents(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter(name => statSync(join(dir, name)).isFile());
  return Object.fromEntries(files.map(name => [name, readFileSync(join(dir, name), 'latin1')]));
}

function metadata(feed: Feed, name: string) {
  return JSON.parse(readFileSync(feed.file(`metadata/${name}`), 'utf8')).signed;
}

/** Flips the lowest bit, so that no letter only changes its case. */
function flip(at: number) {
  return (bytes: Buffer) => {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return changed;
  };
}

/** The name of version 2's target file */
function targetFile(feed: Feed): string {
  return `targets/${metadata(feed, '2.targets.json').targets[target].hashes.sha256}.${target}`;
}

suite('feed publisher: repository', test => {
  test('a client gets a target, the next version, and the same version again', async context => {
    const feed = await makeFeed(context);
    const client = feed.client();
    await assertRefused(client, /Failed to download/);
    feed.publish(1);
    assert.is(await client.read(), 'status 1, {"asOf":1}');
    feed.publish(2);
    assert.is(await client.read(), 'status 2, {"asOf":2}');
    assert.is(await client.read(), 'status 2, {"asOf":2}');
    feed.publish(7);
    assert.is(await client.read(), 'status 7, {"asOf":7}');
    assert.is(publishedVersion(feed.dir), 7);
  });

  test('what a client needs is there, and keys are for the owner only', async context => {
    const feed = await makeFeed(context);
    feed.publish(1);
    const { hashes, length } = metadata(feed, '1.targets.json').targets[target];
    assert.equal(Object.keys(contents(feed.dir)), [
      'private/key-places.json',
      'private/online-key.pem',
      'private/targets-key.pem',
      'public/metadata/1.root.json',
      'public/metadata/1.snapshot.json',
      'public/metadata/1.targets.json',
      'public/metadata/timestamp.json',
      `public/targets/${hashes.sha256}.${target}`,
      'root.json',
    ]);
    assert.is(length, 'status 1'.length);
    const mode = (path: string) => (statSync(join(feed.dir, path)).mode & 0o777).toString(8);
    const rootKey = '../feed-offline/root-key.pem';
    assert.equal(['../feed-offline', 'private'].map(mode), ['700', '700']);
    const keys = [rootKey, 'private/online-key.pem', 'private/targets-key.pem'];
    assert.equal(keys.map(mode), ['600', '600', '600']);
    assert.match(readFileSync(join(feed.dir, rootKey), 'utf8'), /^-----BEGIN PRIVATE KEY/);
  });

  test('metadata is good for its time, from now, and names files by length and hash', async context => {
    const now = Date.parse('2022-06-10T08:00:00.999Z');
    const feed = await makeFeed(context, now);
    feed.publish(3, { now });
    assert.is(metadata(feed, '1.root.json').expires, '2024-06-09T08:00:00Z');
    assert.is(metadata(feed, '1.root.json').consistent_snapshot, true);
    assert.is(metadata(feed, '3.targets.json').expires, '2022-06-17T08:00:00Z');
    assert.is(metadata(feed, '3.snapshot.json').expires, '2022-06-17T08:00:00Z');
    assert.is(metadata(feed, 'timestamp.json').expires, '2022-06-11T08:00:00Z');
    for (const [name, named] of [
      ['3.snapshot.json', 'targets.json'],
      ['timestamp.json', 'snapshot.json'],
    ] as const) {
      const meta = metadata(feed, name).meta[named];
      assert.is(meta.version, 3);
      assert.is(meta.length, statSync(feed.file(`metadata/3.${named}`)).size);
      assert.match(meta.hashes.sha256, /^[0-9a-f]{64}$/);
    }
  });

  test('a feed is not made twice, nor over a half-made one', async context => {
    const feed = await makeFeed(context);
    feed.publish(1);
    const before = contents(feed.dir);
    const isRefused = (dir: string) =>
      assert.throws(
        () => initRepository(dir, Date.now()),
        (error: unknown) => error instanceof WrongUsage && error.message.includes(dir),
      );
    isRefused(feed.dir);
    assert.equal(contents(feed.dir), before);
    for (const left of ['offline/root-key.pem', 'private/online-key.pem', 'root.json']) {
      const dir = temporaryDirectory(context);
      mkdirSync(join(dir, left, '..'), { recursive: true });
      writeFileSync(join(dir, left), 'something');
      isRefused(dir);
      assert.equal(contents(dir), { [left]: 'something' });
    }
  });

  test('expired root, timestamp, snapshot and targets metadata is refused', async context => {
    const ago = (ms: number) => Date.now() - ms;
    const feed = await makeFeed(context);
    feed.publish(1, { now: ago(dayMs - 60_000) });
    assert.is(await outcome(feed.client()), 'status 1, {"asOf":1}');
    feed.publish(2, { now: ago(dayMs) });
    await assertRefused(feed.client(), /timestamp\.json is expired/);
    feed.publish(3, { now: ago(7 * dayMs), lifetimes: { timestamp: 8 * dayMs, targets: 8 * dayMs } });
    await assertRefused(feed.client(), /snapshot\.json is expired/);
    feed.publish(4, { now: ago(7 * dayMs), lifetimes: { timestamp: 8 * dayMs, snapshot: 8 * dayMs } });
    await assertRefused(feed.client(), /targets\.json is expired/);
    feed.publish(5);
    assert.is(await outcome(feed.client()), 'status 5, {"asOf":5}');
    const old = await makeFeed(context, ago(2 * 365 * dayMs));
    old.publish(1);
    await assertRefused(old.client(), /root\.json is expired/);
  });

  test('an expiry is met by a client that had the metadata while it was good', async context => {
    const feed = await makeFeed(context);
    feed.publish(1);
    const client = feed.client();
    assert.is(await client.read(), 'status 1, {"asOf":1}');
    mock.timers.enable({ apis: ['Date'], now: Date.now() + dayMs });
    context.after(() => mock.timers.reset());
    await assertRefused(client, /timestamp\.json is expired/);
  });

  test('an older timestamp put back is refused', async context => {
    const feed = await makeFeed(context);
    feed.publish(1);
    const old = readFileSync(feed.file('metadata/timestamp.json'));
    feed.publish(2);
    const client = feed.client();
    assert.is(await client.read(), 'status 2, {"asOf":2}');
    const undo = feed.tamper('metadata/timestamp.json', () => old);
    await assertRefused(client, /timestamp version 1 is less than current version 2/);
    undo();
    assert.is(await client.read(), 'status 2, {"asOf":2}');
  });

  test('a flipped bit is refused, wherever it is in metadata or target', async context => {
    const feed = await makeFeed(context);
    feed.publish(1);
    feed.publish(2);
    const client = feed.client();
    const names = ['metadata/timestamp.json', 'metadata/2.snapshot.json', 'metadata/2.targets.json'];
    for (const path of [...names, targetFile(feed)]) {
      const { size } = statSync(feed.file(path));
      const places = Array.from({ length: 8 }, (_, i) => Math.floor((i * (size - 1)) / 7));
      for (const at of places) {
        const undo = feed.tamper(path, flip(at));
        assert.not.match(await outcome(client), /^status/, `${path} at ${at}`);
        undo();
      }
    }
    assert.is(await outcome(client), 'status 2, {"asOf":2}');
  });

  test('changed content under a whole JSON is refused for its signature or its hash', async context => {
    const feed = await makeFeed(context);
    feed.publish(2);
    const replace = (from: string, to: string) => (bytes: Buffer) =>
      Buffer.from(bytes.toString().replace(from, to));
    const cases = [
      ['metadata/timestamp.json', replace('"version":2', '"version":3'), /timestamp was signed by 0\/1/],
      ['metadata/2.snapshot.json', replace('"version":2', '"version":3'), /snapshot metadata.*Expected hash/],
      ['metadata/2.targets.json', replace('"asOf":2', '"asOf":3'), /targets.*Expected hash/],
      [targetFile(feed), replace('status 2', 'status 3'), /Expected hash/],
    ] as const;
    for (const [path, change, reason] of cases) {
      const undo = feed.tamper(path, change);
      await assertRefused(feed.client(), reason);
      undo();
    }
    assert.is(await outcome(feed.client()), 'status 2, {"asOf":2}');
  });

  test('files of two versions do not mix', async context => {
    const feed = await makeFeed(context);
    feed.publish(2);
    const earlier = join(temporaryDirectory(context), 'metadata');
    cpSync(feed.file('metadata'), earlier, { recursive: true });
    feed.publish(3);
    const old = (name: string) => () => readFileSync(join(earlier, name));
    for (const [path, content, reason] of [
      ['metadata/3.snapshot.json', old('2.snapshot.json'), /snapshot metadata.*Expected hash/],
      ['metadata/3.targets.json', old('2.targets.json'), /targets.*Expected hash/],
    ] as const) {
      const undo = feed.tamper(path, content);
      await assertRefused(feed.client(), reason);
      undo();
    }
    const newest = readFileSync(feed.file('metadata/3.targets.json'));
    feed.tamper('metadata/timestamp.json', old('timestamp.json'));
    assert.is(await outcome(feed.client()), 'status 2, {"asOf":2}');
    feed.tamper('metadata/2.targets.json', () => newest);
    await assertRefused(feed.client(), /targets.*Expected hash/);
  });

  test('a publication that fails at any file leaves the version before, and can be repeated', async context => {
    const feed = await makeFeed(context);
    feed.publish(1);
    const client = feed.client();
    for (const name of ['2.targets.json', '2.snapshot.json', 'timestamp.json']) {
      const obstacle = feed.file(`metadata/.${name}.new`);
      mkdirSync(obstacle);
      assert.throws(() => feed.publish(2));
      rmdirSync(obstacle);
      assert.is(await client.read(), 'status 1, {"asOf":1}');
      assert.is(await outcome(feed.client()), 'status 1, {"asOf":1}');
    }
    feed.publish(2);
    assert.is(await client.read(), 'status 2, {"asOf":2}');
    assert.not.match(readdirSync(feed.file('metadata')).join(), '.new');
  });

  test('what cannot be published: an old version, targets that are not there, bad names', async context => {
    const feed = await makeFeed(context);
    assert.is(publishedVersion(feed.dir), 0);
    assert.throws(() => feed.publish(0), /version 0/);
    assert.throws(() => feed.publish(1.5), /version 1\.5/);
    feed.publish(2);
    const before = contents(feed.file('metadata'));
    assert.throws(() => feed.publish(2), /version 2 cannot follow version 2/);
    assert.throws(() => feed.publish(1), /version 1 cannot follow version 2/);
    const { sha256, length } = writeTarget(feed.dir, 'a', Buffer.from('abc'));
    const absent = { b: { sha256, length } };
    assert.throws(() => feed.publish(3, { targets: absent }), /ENOENT/);
    assert.throws(() => feed.publish(3, { targets: { a: { sha256, length: 4 } } }), /3 bytes, not 4/);
    for (const name of ['../a', '.a', '', 'a/b'])
      assert.throws(() => writeTarget(feed.dir, name, Buffer.from('abc')), /not a target's name/);
    assert.equal(contents(feed.file('metadata')), before);
    const nowhere = join(feed.dir, 'nowhere');
    assert.throws(
      () => publishMetadata(nowhere, { version: 1, now: Date.now(), targets: {} }),
      (error: unknown) => error instanceof WrongUsage && error.message.includes(nowhere),
    );
  });

  test('the online key is needed, and no other will do', async context => {
    const feed = await makeFeed(context);
    const other = await makeFeed(context);
    cpSync(join(other.dir, 'private'), join(feed.dir, 'private'), { recursive: true });
    const isRefused = () =>
      assert.throws(
        () => publishStatus(feed.dir, 1),
        (error: unknown) => error instanceof WrongUsage && error.message.includes('online-key.pem'),
      );
    isRefused();
    writeFileSync(join(feed.dir, 'private/online-key.pem'), 'no key');
    isRefused();
  });
});
