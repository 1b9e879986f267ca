import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MetaFile, Targets } from '@tufjs/models';
import * as assert from 'uvu/assert';
import { runPublishFirmware } from '../../../sync/commands/firmware.ts';
import { runRotate } from '../../../sync/commands/publish.ts';
import { firmwarePaths } from '../../../sync/feed/firmware-target.ts';
import { keyPlaces } from '../../../sync/publisher/signing/key-places.ts';
import { commonFields, signed, writeMetadata } from '../../../sync/publisher/signing/metadata-file.ts';
import { createSigningKey } from '../../../sync/publisher/signing/signing-keys.ts';
import { publishedVersion, publishMetadata } from '../../../sync/publisher/signing/tuf-repository.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { makeSmallFeed, type SmallFeed } from '../publisher/small-feed.ts';
import { archiveOf } from './archives.ts';

function archiveFile(context: TestContext, version = '2.0.0'): string {
  const path = join(temporaryDirectory(context), 'archive.tar.gz');
  writeFileSync(path, archiveOf(undefined, { version }));
  return path;
}

/** With a firmware key. */
async function makeFeed(context: TestContext): Promise<SmallFeed> {
  const feed = await makeSmallFeed(context);
  assert.is((await runRotate(feed.dir, 'firmware')).error, undefined);
  return feed;
}

const said = ({ ring, version, attempt }: { ring: string; version: string; attempt: number }) =>
  `${ring} ${version} ${attempt}`;

suite('firmware in the feed', test => {
  test('is offered by ring, and replaced and withdrawn, without health data that looks newer', async context => {
    const feed = await makeFeed(context);
    const client = feed.client();
    const before = await client.sync();
    assert.equal(before.firmware, { targets: [] });
    const archive = archiveFile(context);
    await runPublishFirmware(feed.dir, { ring: 'all', archive });
    const published = await runPublishFirmware(feed.dir, {
      ring: 'line:2',
      archive: archiveFile(context, '2.1.0'),
    });
    assert.equal([published.version, published.attempt, published.feedVersion], ['2.1.0', 1, 3]);
    const after = await client.sync();
    assert.equal(after.firmware.targets.map(said), ['all 2.0.0 1', 'line:2 2.1.0 1']);
    assert.equal([after.version, after.statusAsOf], [3, before.statusAsOf]);
    // Again, as after a failure that had another cause.
    await runPublishFirmware(feed.dir, { ring: 'all', archive });
    assert.equal((await client.sync()).firmware.targets.map(said), ['line:2 2.1.0 1', 'all 2.0.0 2']);
    await runPublishFirmware(feed.dir, { ring: 'line:2', withdraw: true });
    assert.equal((await client.sync()).firmware.targets.map(said), ['all 2.0.0 2']);
    // The archive's file stays as long as versions that name it.
    const [target] = (await client.sync()).firmware.targets;
    assert.ok(readdirSync(feed.places.targets).includes(`${target?.sha256}.${target?.name}`));
  });

  test('its key lies apart, and a new one signs what is there', async context => {
    const feed = await makeFeed(context);
    await runPublishFirmware(feed.dir, { ring: 'all', archive: archiveFile(context) });
    const { firmware, root } = keyPlaces(feed.dir);
    assert.not(firmware.startsWith(`${feed.dir}/`));
    assert.is(join(root, '..'), join(firmware, '..'));
    const client = feed.client();
    await client.sync();
    const elsewhere = join(temporaryDirectory(context), 'key.pem');
    assert.is((await runRotate(feed.dir, 'firmware', { firmwareKey: elsewhere })).error, undefined);
    assert.is(keyPlaces(feed.dir).firmware, elsewhere);
    for (const each of [client, feed.client()])
      assert.equal((await each.sync()).firmware.targets.map(said), ['all 2.0.0 1']);
  });

  test('without the key nothing is published', async context => {
    const feed = await makeSmallFeed(context);
    const archive = archiveFile(context);
    const none = await runPublishFirmware(feed.dir, { ring: 'all', archive });
    assert.match(String(none.error), /has no firmware key; feed rotate --key firmware makes one/);
    assert.equal((await feed.client().sync()).firmware, { targets: [] });
  });

  test('whoever has the targets key and the online key cannot publish firmware', async context => {
    const feed = await makeFeed(context);
    await runPublishFirmware(feed.dir, { ring: 'all', archive: archiveFile(context) });
    const thief = createSigningKey();
    const now = Date.now();
    const version = publishedVersion(feed.dir);
    const { signed: targets } = JSON.parse(
      readFileSync(join(feed.places.metadata, `${version}.targets.json`), 'utf8'),
    );
    const evil = new Targets({ ...commonFields(9, now, 86_400_000), targets: {} });
    const bytes = signed(evil, [thief]);
    writeMetadata(feed.dir, '9.firmware.json', bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const { keyID, keyVal } = thief.public;
    const keys = { [keyID]: { keytype: 'ed25519', scheme: 'ed25519', keyval: keyVal } };
    const role = {
      name: 'firmware',
      keyids: [keyID],
      threshold: 1,
      terminating: true,
      paths: [firmwarePaths],
    };
    publishMetadata(feed.dir, {
      ...{ version: version + 1, now },
      targets: Object.fromEntries(
        Object.entries(targets.targets as Record<string, never>).map(([name, { length, hashes, custom }]) => [
          name,
          { length, sha256: (hashes as { sha256: string }).sha256, custom },
        ]),
      ),
      delegated: {
        delegations: { keys, roles: [role] },
        meta: { 'firmware.json': new MetaFile({ version: 9, length: bytes.length, hashes: { sha256 } }) },
      },
    });
    const { firmware, version: reached } = await feed.client().sync();
    assert.is(reached, version);
    assert.equal(firmware.targets, []);
    assert.match(firmware.problem ?? '', /the root metadata names another key for it/);
  });

  test('archives and rings that no validator takes are not published', async context => {
    const feed = await makeFeed(context);
    const broken = join(temporaryDirectory(context), 'broken.tar.gz');
    writeFileSync(
      broken,
      archiveOf(entries => entries.slice(0, -1)),
    );
    const cases: readonly [Parameters<typeof runPublishFirmware>[1], RegExp][] = [
      [{ ring: 'all', archive: broken }, /native\/x\.node is missing from the archive/],
      [{ ring: 'everybody', archive: archiveFile(context) }, /must be all, line:LINE/],
      [{ ring: 'all', archive: '/nowhere' }, /\/nowhere: no such file/],
    ];
    for (const [options, why] of cases)
      assert.match(String((await runPublishFirmware(feed.dir, options)).error), why);
    assert.equal((await feed.client().sync()).firmware, { targets: [] });
  });
});
