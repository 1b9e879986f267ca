/** Validators that have a key of their own: they follow from epoch to epoch, unless they are revoked or lied to. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { messageOf } from '../../../../device/kit/errors.ts';
import { readPointer } from '../../../../sync/cache/directory.ts';
import { openGeneration } from '../../../../sync/cache/generation.ts';
import { createSeals } from '../../../../sync/cache/seal.ts';
import { createHttp } from '../../../../sync/client/http.ts';
import { syncOnce } from '../../../../sync/client/sync-once.ts';
import { createContentCipher } from '../../../../sync/feed/content-cipher.ts';
import { fileNameOf, publicKeyOf, wrapFor } from '../../../../sync/keys/device-key.ts';
import { openKeyRing } from '../../../../sync/keys/key-ring.ts';
import { type GivenKeys, readKeysFile } from '../../../../sync/keys/keys-file.ts';
import { deliverKeys, keepEpoch } from '../../../../sync/publisher/epochs/deliver-keys.ts';
import { revokeDevice } from '../../../../sync/publisher/epochs/devices.ts';
import { startEpoch } from '../../../../sync/publisher/epochs/epoch-keys.ts';
import { enrolNew } from '../../../../sync/publisher/init-feed.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { cutAfter, endless, flippedBit, otherBytes, shortened } from './faults.ts';
import { type Fault, type FaultyServer, serveFaulty } from './faulty-server.ts';
import { copyOfFeed, type TestFeed } from './test-feed.ts';
import { assertWhole, patient, type TestValidator } from './test-validator.ts';

/** A validator with a device key; each sync as after a restart. */
function createDevice(context: TestContext, feed: TestFeed, { url }: FaultyServer, given: GivenKeys) {
  const directory = join(temporaryDirectory(context), 'cache');
  const rootFile = feed.places.initialRoot;
  const sync = async () => {
    const http = createHttp(patient);
    try {
      return await syncOnce({ url, rootFile, keys: await openKeyRing(given, directory), directory }, http);
    } finally {
      await http.close();
    }
  };
  async function held(): Promise<TestValidator> {
    const keys = (await openKeyRing(given, directory)).held();
    return { directory, rootFile, keys, time: undefined, sync };
  }
  return {
    directory,
    sync,
    held,
    async arrives(version: number): Promise<void> {
      assert.is((await sync()).version, version);
      assertWhole(await held(), feed, version);
    },
    /** And goes on with what it has. */
    async isRefused(why: RegExp, kept: number | undefined): Promise<void> {
      const refusal = await sync().then(({ how }) => `not refused: ${how}`, messageOf);
      assert.match(refusal, why);
      if (kept !== undefined) assertWhole(await held(), feed, kept);
    },
  };
}

async function served(context: TestContext) {
  const feed = copyOfFeed(context);
  const server = await serveFaulty(context, feed.places.public);
  const first = readKeysFile(feed.places.deviceKeys);
  return { feed, server, first, device: createDevice(context, feed, server, first) };
}

async function nextEpoch(feed: TestFeed): Promise<number> {
  startEpoch(feed.dir, Date.now());
  await deliverKeys(feed.dir);
  return feed.publish('snapshot');
}

function publicKeyIn(given: GivenKeys): Buffer {
  if (!('privateKey' in given)) throw new Error('no device');
  return publicKeyOf(given.privateKey);
}

suite('devices', test => {
  test('a device follows from epoch to epoch, and keeps the last two keys', async context => {
    const { feed, device } = await served(context);
    await device.arrives(8);
    await device.arrives(await nextEpoch(feed));
    await device.arrives(feed.publish('delta'));
    assert.equal(readdirSync(join(device.directory, 'keys')).sort(), ['epoch-1', 'epoch-2']);
    await device.arrives(await nextEpoch(feed));
    await device.arrives(await nextEpoch(feed));
    assert.equal(readdirSync(join(device.directory, 'keys')).sort(), ['epoch-3', 'epoch-4']);
    assert.equal(readdirSync(feed.places.keys).sort(), ['epoch-3', 'epoch-4']);
  });

  test('an epoch whose beginning was cut off anywhere: no version comes under a key that devices cannot have', async context => {
    const { feed, first, device } = await served(context);
    await device.arrives(8);
    const folder = () => join(feed.places.keys, feed.keys()[0]?.id ?? '');
    const name = fileNameOf(publicKeyIn(first));
    const cuts: (() => unknown)[] = [
      () => undefined,
      () => mkdirSync(folder()),
      () => deliverKeys(feed.dir),
      async () => {
        await deliverKeys(feed.dir);
        renameSync(join(folder(), name), join(folder(), `${name}.0123abcd.new`));
      },
    ];
    for (const cut of cuts) {
      startEpoch(feed.dir, Date.now());
      await cut();
      // What had been published goes on meanwhile.
      await device.arrives(feed.version);
      await keepEpoch(feed.dir, { now: Date.now() });
      assert.ok(readdirSync(folder()).includes(name));
      await device.arrives(feed.publish('snapshot'));
    }
  });

  test('a revoked device is left out of the next epoch; one enrolled meanwhile is in it', async context => {
    const { feed, server, first, device } = await served(context);
    await device.arrives(8);
    const file = join(feed.dir, 'second.json');
    enrolNew(feed.dir, 'second', file, Date.now());
    revokeDevice(feed.dir, 'first', Date.now());
    await deliverKeys(feed.dir);
    const second = createDevice(context, feed, server, readKeysFile(file));
    await second.arrives(8);
    // It has this epoch's key already.
    const last = feed.publish('delta');
    await device.arrives(last);
    const next = await nextEpoch(feed);
    await second.arrives(next);
    await device.isRefused(/keys\/epoch-2: no key for this device, .* revoked/, last);
    const copied = createDevice(context, feed, server, first);
    await copied.isRefused(/no key for this device/, undefined);
  });

  test('the key of a stolen device opens nothing of the next epoch', async context => {
    const { feed } = await served(context);
    const [stolen] = feed.keys();
    if (stolen === undefined) throw new Error('no key');
    const before = new Set(readdirSync(feed.places.files));
    await nextEpoch(feed);
    feed.publish('delta');
    const fresh = readdirSync(feed.places.files).filter(name => !before.has(name));
    assert.ok(fresh.length > 5);
    const cipher = createContentCipher(stolen);
    for (const name of fresh)
      assert.throws(() => cipher.open(readFileSync(join(feed.places.files, name)), name));
  });

  test('a key file that is not the feed’s is refused, not kept, and the right one heals it', async context => {
    const { feed, server, first, device } = await served(context);
    await device.arrives(8);
    const next = await nextEpoch(feed);
    const publicKey = publicKeyIn(first);
    const path = `keys/epoch-2/${fileNameOf(publicKey)}`;
    const foreign = await wrapFor(publicKey, { id: 'epoch-2', key: randomBytes(32) });
    const another = /was not made for this device/;
    const faults: [Fault, RegExp][] = [
      [otherBytes(foreign), /the key file of epoch-2 holds another key than announced/],
      [otherBytes(Buffer.alloc(80)), another],
      [otherBytes(Buffer.alloc(0)), another],
      [flippedBit(40, 3), another],
      [shortened(79), another],
      [endless, /longer than the 80 bytes announced/],
      [cutAfter(40), /keys\/epoch-2/],
    ];
    for (const [fault, why] of faults) {
      const end = server.inject(path, fault);
      await device.isRefused(why, 8);
      end();
      assert.equal(readdirSync(join(device.directory, 'keys')), ['epoch-1']);
    }
    await device.arrives(next);
  });

  test('kept keys that are lost, damaged or swapped on the disk are fetched anew', async context => {
    const { feed, first, device } = await served(context);
    await device.arrives(8);
    const kept = join(device.directory, 'keys', 'epoch-1');
    const foreign = await wrapFor(publicKeyIn(first), { id: 'epoch-1', key: randomBytes(32) });
    for (const damage of [
      () => rmSync(kept),
      () => writeFileSync(kept, 'x'),
      () => writeFileSync(kept, Buffer.alloc(80)),
      () => writeFileSync(kept, foreign),
      () => rmSync(join(device.directory, 'keys'), { recursive: true }),
    ]) {
      damage();
      await device.arrives(8);
    }
    await device.arrives(feed.publish('delta'));
  });

  test('the disk without the device’s key: no status can be read, no key be opened', async context => {
    const { feed, device } = await served(context);
    await device.arrives(8);
    const { privateKey } = readKeysFile(feed.places.deviceKeys) as { privateKey: Uint8Array };
    const [key] = feed.keys();
    const files = readdirSync(device.directory, { recursive: true, withFileTypes: true }).filter(entry =>
      entry.isFile(),
    );
    const contents = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
    for (const secret of [privateKey, key?.key ?? new Uint8Array()])
      for (const form of [Buffer.from(secret), Buffer.from(Buffer.from(secret).toString('hex'))])
        assert.not(contents.some(content => content.includes(form)));
    const { keys } = await device.held();
    const current = readPointer(device.directory)?.current ?? '';
    const { db, seals } = openGeneration(join(device.directory, current), keys, { readonly: true });
    const pages = db
      .prepare<[], { page: number; blob: Buffer }>('SELECT rowid AS page, nibbles AS blob FROM status')
      .all();
    db.close();
    assert.ok(pages.length > 0);
    for (const { page, blob } of pages) {
      const nibbles = seals.openPage(page, blob);
      assert.ok(nibbles !== undefined);
      assert.not(nibbles.length > 3 && blob.includes(Buffer.from(nibbles)));
      assert.is(createSeals({ id: 'epoch-1', key: randomBytes(32) }).openPage(page, blob), undefined);
      assert.is(seals.openPage(page + 1, blob), undefined);
    }
  });
});
