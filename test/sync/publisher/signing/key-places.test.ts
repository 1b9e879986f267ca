/** Where signing keys lie: never the root key with the feed, the targets key where it is wanted, and a report of all of them. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as assert from 'uvu/assert';
import { runInit, runKeys, runPublish, runRotate } from '../../../../sync/commands/publish.ts';
import { feedPlaces } from '../../../../sync/publisher/feed-places.ts';
import { keyPlaces } from '../../../../sync/publisher/signing/key-places.ts';
import { signed, writeMetadata } from '../../../../sync/publisher/signing/metadata-file.ts';
import { createRoot, newestRoot } from '../../../../sync/publisher/signing/root-metadata.ts';
import { takeKey } from '../../../../sync/publisher/signing/signing-keys.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

function prepare(context: TestContext) {
  const directory = temporaryDirectory(context);
  const path = (name: string) => join(directory, name);
  writeFileSync(path('people.csv'), 'medium,account,person,status\nt-union,3105100000000000001,wang,green\n');
  return { path, dir: path('city'), people: path('people.csv') };
}

suite('places of signing keys', test => {
  test('unless told otherwise: the root key beside the feed’s directory, the others in it', async context => {
    const { path, dir, people } = prepare(context);
    assert.equal(await runInit(dir), { root: join(dir, 'root.json'), keys: join(dir, 'fleet-keys.json') });
    const { root, targets, online } = newestRoot(dir).keys;
    assert.is(new Set([root.keyID, targets.keyID, online.keyID]).size, 3);
    assert.equal(runKeys(dir), {
      keys: {
        root: path('city-offline/root-key.pem'),
        targets: join(dir, 'private/targets-key.pem'),
        online: join(dir, 'private/online-key.pem'),
        epochs: join(dir, 'private/epoch-keys.json'),
      },
      together: [['targets', 'online', 'epochs']],
    });
    // Both may move, for the place is known from the feed's directory.
    mkdirSync(path('new'));
    for (const name of ['city', 'city-offline']) renameSync(path(name), path(`new/${name}`));
    assert.is((await runRotate(path('new/city'), 'root')).rotated, 'root');
    assert.is((await runPublish(path('new/city'), { people })).version, 2);
  });

  test('places that are given: nothing of it is with the feed, and nothing is published without the key', async context => {
    const { path, dir, people } = prepare(context);
    const given = { rootKey: path('safe/root.pem'), targetsKey: path('token/targets.pem') };
    await runInit(dir, undefined, given);
    assert.not(existsSync(path('city-offline')));
    assert.equal(Object(runKeys(dir)).together, [['online', 'epochs']]);
    renameSync(path('token'), path('away'));
    assert.match(String((await runPublish(dir, { people })).error), /token\/targets\.pem: no such file/);
    for (const targetsKey of [people, path('safe/root.pem'), path('mistyped.pem')]) {
      const refused = await runPublish(dir, { people, targetsKey });
      assert.match(String(refused.error), /is not the key|no such file/);
      assert.equal(keyPlaces(dir).targets, given.targetsKey, 'where it was before');
    }
    const moved = await runPublish(dir, { people, targetsKey: path('away/targets.pem') });
    assert.is(moved.version, 2);
    const again = await runPublish(dir, { people });
    assert.is(again.version, 3, 'its place is known from now on');
    renameSync(path('safe/root.pem'), path('stick.pem'));
    assert.match(String((await runRotate(dir, 'online')).error), /safe\/root\.pem/);
    assert.match(String((await runRotate(dir, 'root', { rootKey: people })).error), /is not the key/);
    assert.equal(keyPlaces(dir).root, given.rootKey);
    assert.equal(await runRotate(dir, 'online', { rootKey: path('stick.pem') }), {
      rotated: 'online',
      version: 4,
    });
    assert.equal(await runRotate(dir, 'targets'), { rotated: 'targets', version: 5 });
    assert.equal(relative(dir, String(Object(runKeys(dir)).keys.targets)), '../away/targets.pem');
  });

  test('a program signs targets, with a key that never comes here; another takes its place', async context => {
    const { path, dir, people } = prepare(context);
    const signer = (name: string) => {
      const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
        publicKeyEncoding: { format: 'pem', type: 'spki' },
        privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
      });
      writeFileSync(path(`${name}.pem`), privateKey);
      const { x = '' } = createPublicKey(publicKey).export({ format: 'jwk' });
      const hex = Buffer.from(x, 'base64url').toString('hex');
      const sign = `process.on('uncaughtException',()=>process.exit(1));process.stdout.write(require('node:crypto').sign(null,require('node:fs').readFileSync(0),require('node:fs').readFileSync(process.argv[1])).toString('hex'))`;
      const command = [process.execPath, '-e', sign, path(`${name}.pem`)];
      writeFileSync(path(name), JSON.stringify({ publicKey: hex, command }));
      return path(name);
    };
    await runInit(dir, undefined, { targetsKey: signer('token') });
    assert.is((await runPublish(dir, { people })).version, 2);
    assert.is(
      newestRoot(dir).keys.targets.keyVal.public,
      JSON.parse(readFileSync(path('token'), 'utf8')).publicKey,
    );
    const before = newestRoot(dir).version;
    assert.match(String((await runRotate(dir, 'targets')).error), /give the file of the new one/);
    assert.is(newestRoot(dir).version, before);
    const dumb = signer('dumb');
    renameSync(path('dumb.pem'), path('gone.pem'));
    const refused = await runRotate(dir, 'targets', { targetsKey: dumb });
    assert.match(String(refused.error), /has not signed: exit 1/);
    assert.is(newestRoot(dir).version, before);
    assert.is(Object(runKeys(dir)).keys.targets, path('token'));
    const rotated = await runRotate(dir, 'targets', { targetsKey: signer('other') });
    assert.equal(rotated, { rotated: 'targets', version: 3 });
    renameSync(path('other.pem'), path('away.pem'));
    assert.match(String((await runPublish(dir, { people })).error), /has not signed: exit 1/);
    writeFileSync(path('other.pem'), readFileSync(path('token.pem')));
    assert.match(String((await runPublish(dir, { people })).error), /signed with another key/);
    renameSync(path('away.pem'), path('other.pem'));
    renameSync(path('other'), path('away'));
    assert.match(
      String((await runPublish(dir, { people })).error),
      /other: no such file; it should be the key/,
    );
    renameSync(path('away'), path('other'));
    assert.is((await runPublish(dir, { people })).version, 4);
  });

  test('a feed of version 0.2, where one key signed all: it goes on, and a new online key is none for targets', async context => {
    const { path, dir, people } = prepare(context);
    await runInit(dir);
    const { root: rootKey } = keyPlaces(dir);
    const { version, keys } = newestRoot(dir);
    const former = createRoot({ version: version + 1, keys: { ...keys, targets: keys.online } }, Date.now());
    writeMetadata(dir, '2.root.json', signed(former, [takeKey(rootKey, keys.root.keyID)]));
    mkdirSync(join(dir, 'offline'));
    renameSync(rootKey, join(dir, 'offline', 'root-key.pem'));
    for (const file of ['targets-key.pem', 'key-places.json']) rmSync(join(dir, 'private', file));
    assert.not(existsSync(path('city-offline/root-key.pem')));
    assert.is((await runPublish(dir, { people })).version, 2);
    assert.equal(await runRotate(dir, 'online'), { rotated: 'online', version: 3 });
    const { targets, online } = newestRoot(dir).keys;
    assert.is.not(targets.keyID, online.keyID);
    assert.is((await runPublish(dir, { people })).version, 4);
  });

  test('a place that is taken, or cannot be written, leaves nothing behind', async context => {
    const { path, dir } = prepare(context);
    writeFileSync(path('taken.pem'), 'something');
    for (const rootKey of [path('taken.pem'), join(path('taken.pem'), 'root.pem')]) {
      assert.match(String((await runInit(dir, undefined, { rootKey })).error), /taken\.pem/);
      assert.is(readFileSync(path('taken.pem'), 'utf8'), 'something');
      assert.not(existsSync(feedPlaces(dir).initialRoot));
    }
    assert.is((await runInit(dir)).error, undefined);
  });

  test('the root key of an earlier feed is not written over', async context => {
    const { path, dir } = prepare(context);
    await runInit(dir);
    const before = readFileSync(path('city-offline/root-key.pem'), 'utf8');
    rmSync(dir, { recursive: true });
    await runInit(dir);
    assert.is(readFileSync(path('city-offline/root-key.pem'), 'utf8'), before);
    assert.is(Object(runKeys(dir)).keys.root, path('city-offline/root-key-2.pem'));
  });
});
