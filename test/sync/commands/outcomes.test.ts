/** What the feed's commands come to for every kind of wrong input: refused, or wrong usage; nothing else is thrown. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DeviceError, WrongUsage } from '../../../device/kit/errors.ts';
import {
  runAddDevice,
  runEpoch,
  runImportDevices,
  runListDevices,
  runMakeKey,
  runRevokeDevice,
} from '../../../sync/commands/devices.ts';
import type { Outcome } from '../../../sync/commands/outcome.ts';
import { runInit, runPublish, runRotate } from '../../../sync/commands/publish.ts';
import { runServe } from '../../../sync/commands/serve.ts';
import { runLookup, runSync } from '../../../sync/commands/sync.ts';
import { serveFeed } from '../../../sync/publisher/feed-server.ts';
import { lastIndex } from '../../../sync/publisher/publish-index.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const header = 'medium,account,person,status';
const account = '3105100000000000001';
const wang = `t-union,${account},wang,green`;
const li = 'ride-code,a0000000000000000001,li,red';

type Run = () => Outcome | Promise<Outcome>;

async function assertRefused(run: Run, reason: RegExp): Promise<Outcome> {
  const outcome = await run();
  assert.match(String(outcome.error), reason);
  return outcome;
}

/** What `sim` ends with exit code 2 for. */
async function assertWrongUsage(run: Run, reason: RegExp): Promise<void> {
  let thrown: unknown;
  try {
    await run();
  } catch (error) {
    thrown = error;
  }
  assert.ok(thrown instanceof WrongUsage || thrown instanceof DeviceError, String(thrown));
  assert.match(thrown.message, reason);
}

/** A feed `f` and beside it a table, `people.csv`, and a file, `file`. */
async function prepare(context: TestContext) {
  const directory = temporaryDirectory(context);
  const path = (name: string) => join(directory, name);
  const table = (name: string, ...lines: string[]) => {
    writeFileSync(path(name), `${[header, ...lines].join('\n')}\n`);
    return path(name);
  };
  table('people.csv', wang, li);
  writeFileSync(path('file'), '');
  const feed = path('f');
  assert.not('error' in (await runInit(feed)));
  return { path, table, feed };
}

suite('sim feed: outcomes', test => {
  test('device: added by a file or a public key, revoked, listed; an epoch is as long as it is told', async context => {
    const { path, feed } = await prepare(context);
    const publicKey = 'ab'.repeat(32);
    const { fingerprint, ...added } = await runAddDevice(feed, 'rear', { out: path('rear.json') });
    assert.equal(added, { added: 'rear', epoch: 'epoch-1', keys: path('rear.json') });
    assert.is((await runAddDevice(feed, 'hsm', { publicKey })).added, 'hsm');
    await assertRefused(() => runAddDevice(feed, 'rear', { publicKey: 'cd'.repeat(32) }), /rear: enrolled/);
    await assertRefused(
      () => runAddDevice(feed, 'twin', { publicKey }),
      /enrolled or revoked before, as hsm/,
    );
    await assertRefused(() => runAddDevice(feed, 'b', { publicKey: 'abc' }), /64 hex digits/);
    await assertRefused(() => runAddDevice(feed, '../b', { publicKey }), /64 hex digits/);
    await assertRefused(() => runAddDevice(feed, 'b', { out: path('rear.json') }), /is there already/);
    const wrapped = () => readdirSync(join(feed, 'public', 'keys', 'epoch-1')).length;
    assert.is(wrapped(), 3);
    const revoked = await runRevokeDevice(feed, 'rear');
    assert.equal([revoked.revoked, revoked.fingerprint, wrapped()], ['rear', fingerprint, 2]);
    await assertRefused(() => runRevokeDevice(feed, 'rear'), /no such device/);
    await assertRefused(() => runRevokeDevice(feed, 'nobody'), /no such device/);
    await assertRefused(() => runAddDevice(feed, 'rear', { out: path('again.json') }), /revoked before/);
    const made = await runMakeKey('own', path('own.json'));
    assert.is(
      (await runAddDevice(feed, 'own', { publicKey: String(made.publicKey) })).fingerprint,
      made.fingerprint,
    );
    await assertRefused(() => runMakeKey('own', path('own.json')), /is there already/);
    await assertWrongUsage(() => runMakeKey('../x', path('x.json')), /not a device's name/);
    const list = (...lines: string[]) => {
      writeFileSync(path('devices.csv'), `${lines.join('\n')}\n`);
      return () => runImportDevices(feed, path('devices.csv'));
    };
    await assertRefused(list('name,key', `c,${'ef'.repeat(32)}`), /header must be id,publicKey/);
    await assertRefused(
      list('id,publicKey', `c,${'ef'.repeat(32)}`, 'd,12'),
      /line 3: publicKey: not an X25519 key/,
    );
    await assertRefused(list('id,publicKey', `c,${'00'.repeat(32)}`), /c: not an X25519 key/);
    await assertRefused(list('id,publicKey', `c,"${'ef'.repeat(32)}`), /line 2: a quote is not closed/);
    assert.is((await list('id,publicKey', `c,${'ef'.repeat(32)}`, `d,${'0a'.repeat(32)}`)()).added, 2);
    assert.is(wrapped(), 5);
    const { devices } = runListDevices(feed) as { devices: { id: string; revoked: unknown }[] };
    assert.equal(
      devices.map(({ id, revoked }) => [id, revoked !== null]),
      [
        ['first', false],
        ['rear', true],
        ['hsm', false],
        ['own', false],
        ['c', false],
        ['d', false],
      ],
    );
    await assertRefused(() => runEpoch(feed, { hours: 0 }), /1 to 8784 hours/);
    assert.equal([runEpoch(feed, { hours: 24 }).hours, runEpoch(feed, {}).hours], [24, 24]);
    await assertWrongUsage(() => runListDevices(path('nowhere')), /no feed/);
    await assertWrongUsage(() => runAddDevice(path('nowhere'), 'a', { publicKey }), /no feed/);
    await assertWrongUsage(() => runInit(path('g'), 0), /1 to 8784 hours/);
  });

  test('a stolen validator: revoked and the key rotated, it reads nothing that is published afterwards', async context => {
    const { path, table, feed } = await prepare(context);
    const server = await serveFeed(join(feed, 'public'), 0);
    context.after(() => server.close());
    const sync = (keys: string, cache: string) =>
      runSync({ from: server.url, root: join(feed, 'root.json'), keys, cache: path(cache) });
    const stolen = join(feed, 'fleet-keys.json');
    await runAddDevice(feed, 'rear', { out: path('rear.json') });
    await runPublish(feed, { people: path('people.csv') });
    for (const [keys, cache] of [
      [stolen, 'c1'],
      [path('rear.json'), 'c2'],
    ] as const)
      assert.is((await sync(keys, cache)).version, 2);
    await runRevokeDevice(feed, 'first');
    await runRotate(feed, 'fleet');
    await runPublish(feed, { people: table('people.csv', wang.replace('green', 'red'), li) });
    const { kept } = await assertRefused(() => sync(stolen, 'c1'), /no key for this device/);
    assert.is(kept, 2);
    await assertRefused(() => sync(stolen, 'c3'), /no key for this device/);
    assert.is((await sync(path('rear.json'), 'c2')).how, 'snapshot');
    const says = (keys: string, cache: string) =>
      runLookup({ cache: path(cache), keys, medium: 't-union', account });
    assert.is((await says(path('rear.json'), 'c2')).status, 'red');
    assert.is((await says(stolen, 'c1')).status, 'green', 'as it was before');
    await assertRefused(() => says(stolen, 'c2'), /which is not held here/);
  });

  test('init: where a feed is, or none can be', async context => {
    const { path, feed } = await prepare(context);
    await assertRefused(() => runInit(feed), /holds a feed already/);
    await assertRefused(() => runInit(path('file/f')), /ENOTDIR/);
    await assertRefused(() => runInit(path('file')), /EEXIST/);
  });

  test('publish: no feed, no table, wrong tables, a wrong policy', async context => {
    const { path, table, feed } = await prepare(context);
    const publish = (people: string, policy?: string) => () =>
      runPublish(feed, { people, ...(policy !== undefined && { policy }) });
    const people = path('people.csv');
    await assertWrongUsage(publish(path('nowhere.csv')), /nowhere\.csv: no such file/);
    await assertWrongUsage(publish(people, path('nowhere.yaml')), /nowhere\.yaml/);
    await assertWrongUsage(() => runPublish(path('nowhere'), { people }), /no feed/);
    await assertRefused(publish(path('f')), /EISDIR/);
    await assertRefused(publish(table('a.csv', wang, wang)), /a\.csv: line 3: .*twice/);
    const other = `t-union,3105100000000000002,wang,red`;
    await assertRefused(publish(table('b.csv', wang, other)), /b\.csv: line \d: .*two statuses/);
    await assertRefused(publish(table('c.csv', wang.replace('green', 'blue'))), /c\.csv: line 2/);
    await assertRefused(publish(path('file')), /file/);
    writeFileSync(path('binary.csv'), Buffer.alloc(10_000, 0xff));
    await assertRefused(publish(path('binary.csv')), /binary\.csv/);
    writeFileSync(path('policy.yaml'), 'lines: [2]\nfare: none\n');
    await assertRefused(publish(people, path('policy.yaml')), /policy\.yaml/);
    assert.is(lastIndex(feed)?.version, 1);
    assert.is((await publish(people)()).version, 2);
  });

  test('rotate: no feed, a root key that is kept elsewhere', async context => {
    const { path, feed } = await prepare(context);
    await assertWrongUsage(() => runRotate(path('nowhere'), 'root'), /no feed/);
    writeFileSync(`${feed}-offline/root-key.pem`, 'elsewhere');
    await assertRefused(() => runRotate(feed, 'root'), /root-key\.pem/);
    await assertRefused(() => runRotate(feed, 'online'), /root-key\.pem/);
    assert.equal(await runRotate(feed, 'fleet'), { rotated: 'fleet', version: 1 });
  });

  test('rotate: a new online key with nothing to publish says that the table must follow', async context => {
    const { path, feed } = await prepare(context);
    await runRotate(feed, 'fleet');
    await assertRefused(() => runRotate(feed, 'online'), /publish must follow/);
    assert.is((await runPublish(feed, { people: path('people.csv') })).version, 2);
  });

  test('after a new online key the next table is still a difference', async context => {
    const { path, table, feed } = await prepare(context);
    await runPublish(feed, { people: path('people.csv') });
    assert.equal(await runRotate(feed, 'online'), { rotated: 'online', version: 3 });
    await runPublish(feed, { people: table('people.csv', wang.replace('green', 'red')) });
    const { version, snapshot } = lastIndex(feed) ?? {};
    assert.equal([version, snapshot?.version], [4, 2]);
  });

  test('serve: no feed, a port that is taken, one that is none', async context => {
    const { path, feed } = await prepare(context);
    await assertWrongUsage(() => runServe(path('nowhere'), 0), /no feed/);
    const other = createServer().listen(0, '127.0.0.1');
    context.after(() => void other.close());
    await new Promise(resolve => other.on('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await assertWrongUsage(() => runServe(feed, port), /EADDRINUSE/);
    await assertWrongUsage(() => runServe(feed, 70_000), /70000/);
  });

  test('sync: no address, no trust, no keys, no cache to write to, no feed there', async context => {
    const { path, feed } = await prepare(context);
    const server = await serveFeed(join(feed, 'public'), 0);
    context.after(() => server.close());
    const good = {
      from: server.url,
      root: join(feed, 'root.json'),
      keys: join(feed, 'fleet-keys.json'),
      cache: path('c'),
    };
    const sync = (change: Partial<typeof good>) => () => runSync({ ...good, ...change });
    for (const from of ['nowhere', 'ftp://127.0.0.1/', 'http://', 'http://127.0.0.1:port/'])
      await assertWrongUsage(sync({ from }), /not an http or https address/);
    await assertWrongUsage(sync({ root: path('nowhere') }), /nowhere/);
    await assertWrongUsage(sync({ root: feed }), /is no plain file/);
    for (const [text, place] of [
      ['root:x:0:0:secret:/root', /cannot be used: not JSON: line 1, column 1/],
      ['{"signed": {"_type": "secret"}}', /cannot be used: it is no signed root/],
    ] as const) {
      writeFileSync(path('other'), text);
      const { error } = await assertRefused(sync({ root: path('other') }), place);
      assert.not(String(error).includes('secret'));
    }
    await assertWrongUsage(sync({ keys: path('nowhere') }), /nowhere/);
    await assertWrongUsage(sync({ keys: path('people.csv') }), /people\.csv: not JSON/);
    const { kept } = await assertRefused(sync({ cache: path('file') }), /EEXIST|ENOTDIR/);
    assert.is(kept, null);
    await assertRefused(sync({ root: path('people.csv') }), /root metadata/);
    await assertRefused(sync({ from: `${server.url}/files` }), /404/);
    await assertRefused(sync({ from: 'http://127.0.0.1:1' }), /ECONNREFUSED/);
    assert.is((await sync({ from: `${server.url}//` })()).links, 0);
  });

  test('lookup: no cache, no keys, no account of the medium, nobody linked', async context => {
    const { path, feed } = await prepare(context);
    const good = {
      cache: path('c'),
      keys: join(feed, 'fleet-keys.json'),
      medium: 't-union' as const,
      account,
    };
    const lookup = (change: Partial<typeof good>) => () => runLookup({ ...good, ...change });
    await assertRefused(lookup({}), /no link cache/);
    await assertRefused(lookup({ cache: path('file') }), /no link cache/);
    mkdirSync(path('empty'));
    await assertRefused(lookup({ cache: path('empty') }), /no link cache/);
    await assertWrongUsage(lookup({ keys: path('people.csv') }), /not JSON/);
    await assertWrongUsage(lookup({ account: '12' }), /not an account/);
    // The publisher's own cache is under a key that no device's file opens.
    await assertRefused(lookup({ cache: join(feed, 'private', 'cache') }), /epoch-1, which is not held here/);
    const server = await serveFeed(join(feed, 'public'), 0);
    context.after(() => server.close());
    await runSync({ ...good, from: server.url, root: join(feed, 'root.json') });
    const found = await lookup({})();
    assert.equal([found.linked, found.status, found.version], [false, null, 1]);
  });
});
