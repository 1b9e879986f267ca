import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { WrongUsage } from '../../../../device/kit/errors.ts';
import {
  rotateOnlineKey,
  rotateRootKey,
  rotateTargetsKey,
} from '../../../../sync/publisher/signing/key-rotation.ts';
import { suite } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { assertRefused, type Feed, makeFeed, outcome, publishStatus } from './feed-client.ts';

const onlineKey = 'private/online-key.pem';
const targetsKey = 'private/targets-key.pem';
const rootKey = '../feed-offline/root-key.pem';

function root(feed: Feed, version: number) {
  return JSON.parse(readFileSync(feed.file(`metadata/${version}.root.json`), 'utf8'));
}

function keyIds(feed: Feed, version: number) {
  const { roles } = root(feed, version).signed;
  return Object.fromEntries(
    ['root', 'targets', 'snapshot', 'timestamp'].map(role => [role, roles[role].keyids.join()]),
  );
}

/** A rotation that ends before the root metadata of that version is in place. */
function failToRotate(feed: Feed, rotate: (dir: string, now: number) => void, version: number): void {
  const obstacle = feed.file(`metadata/.${version}.root.json.new`);
  mkdirSync(obstacle);
  assert.throws(() => rotate(feed.dir, Date.now()));
  rmdirSync(obstacle);
}

const rotations = [
  ['online', onlineKey, rotateOnlineKey],
  ['targets', targetsKey, rotateTargetsKey],
  ['root', rootKey, rotateRootKey],
] as const;

suite('feed publisher: key rotation', test => {
  test('a new online key: what the old one signed is refused, what the new one signs is taken', async context => {
    const feed = await makeFeed(context);
    feed.publish(1);
    const client = feed.client();
    assert.is(await client.read(), 'status 1, {"asOf":1}');
    const stolen = join(temporaryDirectory(context), 'feed');
    cpSync(feed.dir, stolen, { recursive: true });
    rotateOnlineKey(feed.dir, Date.now());
    await assertRefused(client, /timestamp was signed by 0\/1 keys/);
    feed.publish(2);
    assert.is(await client.read(), 'status 2, {"asOf":2}');

    publishStatus(stolen, 3);
    for (const part of ['metadata', 'targets'])
      cpSync(join(stolen, 'public', part), feed.file(part), { recursive: true });
    await assertRefused(client, /timestamp was signed by 0\/1 keys/);
    await assertRefused(feed.client(), /timestamp was signed by 0\/1 keys/);
    feed.publish(4);
    assert.is(await client.read(), 'status 4, {"asOf":4}');
  });

  test('a new root key: what is published stays good, and the old one may sign no more', async context => {
    const feed = await makeFeed(context);
    feed.publish(1);
    const client = feed.client();
    const stolen = join(temporaryDirectory(context), 'feed');
    cpSync(feed.dir, stolen, { recursive: true });
    cpSync(`${feed.dir}-offline`, `${stolen}-offline`, { recursive: true });
    rotateRootKey(feed.dir, Date.now());
    assert.is(await client.read(), 'status 1, {"asOf":1}');
    assert.is(root(feed, 2).signatures.length, 2);

    rotateRootKey(stolen, Date.now());
    rotateRootKey(stolen, Date.now());
    const forged = join(stolen, 'public/metadata/3.root.json');
    cpSync(forged, feed.file('metadata/3.root.json'));
    await assertRefused(client, /root was signed by 0\/1 keys/);
    rmSync(feed.file('metadata/3.root.json'));
    rotateRootKey(feed.dir, Date.now());
    feed.publish(2);
    assert.is(await client.read(), 'status 2, {"asOf":2}');
  });

  test('clients follow rotations of both keys, also from several versions behind', async context => {
    const feed = await makeFeed(context);
    feed.publish(1);
    const client = feed.client();
    const sleeping = feed.client();
    assert.is(await sleeping.read(), 'status 1, {"asOf":1}');
    for (const [i, rotate] of [rotateOnlineKey, rotateRootKey, rotateRootKey, rotateOnlineKey].entries()) {
      rotate(feed.dir, Date.now());
      feed.publish(i + 2);
      assert.is(await client.read(), `status ${i + 2}, {"asOf":${i + 2}}`);
    }
    assert.is(await sleeping.read(), 'status 5, {"asOf":5}');
    assert.is(await outcome(feed.client()), 'status 5, {"asOf":5}');
  });

  test('each rotation changes its own key only, and renews the root metadata for two years', async context => {
    const feed = await makeFeed(context);
    const now = Date.parse('2022-06-10T08:00:00Z');
    rotateOnlineKey(feed.dir, now);
    rotateRootKey(feed.dir, now);
    rotateTargetsKey(feed.dir, now);
    const ids = [1, 2, 3, 4].map(version => keyIds(feed, version));
    for (const { root, targets, snapshot, timestamp } of ids) {
      assert.is(snapshot, timestamp);
      assert.is(new Set([root, targets, timestamp]).size, 3);
    }
    const changedBy = ids.slice(1).map((after, i) => {
      const before = ids[i];
      return ['root', 'targets', 'timestamp'].filter(role => after[role] !== before?.[role]);
    });
    assert.equal(changedBy, [['timestamp'], ['root'], ['targets']]);
    for (const version of [2, 3, 4]) assert.is(root(feed, version).signed.expires, '2024-06-09T08:00:00Z');
    for (const [, key] of rotations) assert.is(statSync(join(feed.dir, key)).mode & 0o777, 0o600);
  });

  test('a key id is the hash of the canonical JSON of the public key', async context => {
    const feed = await makeFeed(context);
    const keys: Record<string, { keyval: { public: string } }> = root(feed, 1).signed.keys;
    assert.is(Object.keys(keys).length, 3);
    for (const [id, key] of Object.entries(keys)) {
      const hex = key.keyval.public;
      assert.match(hex, /^[0-9a-f]{64}$/);
      const canonical = `{"keytype":"ed25519","keyval":{"public":"${hex}"},"scheme":"ed25519"}`;
      assert.is(id, createHash('sha256').update(canonical).digest('hex'));
    }
  });

  test('new root metadata with a flipped bit is refused', async context => {
    const feed = await makeFeed(context);
    rotateRootKey(feed.dir, Date.now());
    feed.publish(1);
    const client = feed.client();
    const { size } = statSync(feed.file('metadata/2.root.json'));
    for (let i = 0; i < 12; i++) {
      const at = Math.floor((i * (size - 1)) / 11);
      const undo = feed.tamper('metadata/2.root.json', bytes => {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(bytes.readUInt8(at) ^ 1, at);
        return changed;
      });
      assert.not.match(await outcome(client), /^status/, `at ${at}`);
      undo();
    }
    assert.is(await outcome(client), 'status 1, {"asOf":1}');
  });

  for (const [role, key, rotate] of rotations) {
    test(`${role}: a crash before the new root metadata is in place leaves the old key`, async context => {
      const feed = await makeFeed(context);
      const client = feed.client();
      const before = readFileSync(join(feed.dir, key), 'utf8');
      failToRotate(feed, rotate, 2);
      assert.is(readFileSync(join(feed.dir, key), 'utf8'), before);
      feed.publish(1);
      assert.is(await client.read(), 'status 1, {"asOf":1}');
      rotate(feed.dir, Date.now());
      feed.publish(2);
      assert.is(await client.read(), 'status 2, {"asOf":2}');
    });

    test(`${role}: a crash after the new root metadata is in place leaves the new key`, async context => {
      const feed = await makeFeed(context);
      feed.publish(1);
      const path = join(feed.dir, key);
      for (const version of [2, 3]) {
        const old = readFileSync(path);
        rotate(feed.dir, Date.now());
        renameSync(path, `${path}.next`);
        writeFileSync(path, old);
        if (version === 3) failToRotate(feed, rotate, 4);
        feed.publish(version);
        assert.is(await outcome(feed.client()), `status ${version}, {"asOf":${version}}`);
      }
      rotate(feed.dir, Date.now());
      feed.publish(4);
      assert.is(await outcome(feed.client()), 'status 4, {"asOf":4}');
    });

    test(`${role}: without the root key, or without a feed, nothing is rotated`, async context => {
      const feed = await makeFeed(context);
      const nowhere = temporaryDirectory(context);
      const isRefused = (dir: string, named: string) =>
        assert.throws(
          () => rotate(dir, Date.now()),
          (error: unknown) => error instanceof WrongUsage && error.message.includes(named),
        );
      isRefused(nowhere, nowhere);
      renameSync(`${feed.dir}-offline`, `${feed.dir}-away`);
      isRefused(feed.dir, 'feed-offline/root-key.pem');
      feed.publish(1);
      assert.is(await outcome(feed.client()), 'status 1, {"asOf":1}');
      assert.throws(() => root(feed, 2), /ENOENT/);
    });
  }

  test('a lost online key is replaced by a rotation', async context => {
    const feed = await makeFeed(context);
    rmSync(join(feed.dir, onlineKey));
    assert.throws(() => feed.publish(1), /online-key\.pem/);
    rotateOnlineKey(feed.dir, Date.now());
    feed.publish(1);
    assert.is(await outcome(feed.client()), 'status 1, {"asOf":1}');
  });
});
