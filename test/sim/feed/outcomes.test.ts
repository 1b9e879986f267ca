/** What the feed's commands come to for every kind of wrong input: refused, or wrong usage; nothing else is thrown. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DeviceError } from '../../../device/errors.ts';
import { serveFeed } from '../../../sim/backoffice/feed-server.ts';
import { lastIndex } from '../../../sim/backoffice/publisher/publish-index.ts';
import type { Outcome } from '../../../sim/feed/commands.ts';
import { runInit, runPublish, runRotate } from '../../../sim/feed/publish.ts';
import { runServe } from '../../../sim/feed/serve.ts';
import { runLookup, runSync } from '../../../sim/feed/sync.ts';
import { WrongUsage } from '../../../sim/wrong-usage.ts';
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
function prepare(context: TestContext) {
  const directory = temporaryDirectory(context);
  const path = (name: string) => join(directory, name);
  const table = (name: string, ...lines: string[]) => {
    writeFileSync(path(name), `${[header, ...lines].join('\n')}\n`);
    return path(name);
  };
  table('people.csv', wang, li);
  writeFileSync(path('file'), '');
  const feed = path('f');
  assert.not('error' in runInit(feed));
  return { path, table, feed };
}

suite('sim feed: outcomes', test => {
  test('init: where a feed is, or none can be', async context => {
    const { path, feed } = prepare(context);
    await assertRefused(() => runInit(feed), /holds a feed already/);
    await assertRefused(() => runInit(path('file/f')), /ENOTDIR/);
    await assertRefused(() => runInit(path('file')), /EEXIST/);
  });

  test('publish: no feed, no table, wrong tables, a wrong policy', async context => {
    const { path, table, feed } = prepare(context);
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
    const { path, feed } = prepare(context);
    await assertWrongUsage(() => runRotate(path('nowhere'), 'root'), /no feed/);
    writeFileSync(join(feed, 'offline', 'root-key.pem'), 'elsewhere');
    await assertRefused(() => runRotate(feed, 'root'), /root-key\.pem/);
    await assertRefused(() => runRotate(feed, 'online'), /root-key\.pem/);
    assert.equal(runRotate(feed, 'fleet'), { rotated: 'fleet', version: 1 });
  });

  test('rotate: a new online key with nothing to publish says that the table must follow', async context => {
    const { path, feed } = prepare(context);
    runRotate(feed, 'fleet');
    await assertRefused(() => runRotate(feed, 'online'), /publish must follow/);
    assert.is((await runPublish(feed, { people: path('people.csv') })).version, 2);
  });

  test('after a new online key the next table is still a difference', async context => {
    const { path, table, feed } = prepare(context);
    await runPublish(feed, { people: path('people.csv') });
    assert.equal(runRotate(feed, 'online'), { rotated: 'online', version: 3 });
    await runPublish(feed, { people: table('people.csv', wang.replace('green', 'red')) });
    const { version, snapshot } = lastIndex(feed) ?? {};
    assert.equal([version, snapshot?.version], [4, 2]);
  });

  test('serve: no feed, a port that is taken, one that is none', async context => {
    const { path, feed } = prepare(context);
    await assertWrongUsage(() => runServe(path('nowhere'), 0), /no feed/);
    const other = createServer().listen(0, '127.0.0.1');
    context.after(() => void other.close());
    await new Promise(resolve => other.on('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await assertWrongUsage(() => runServe(feed, port), /EADDRINUSE/);
    await assertWrongUsage(() => runServe(feed, 70_000), /70000/);
  });

  test('sync: no address, no trust, no keys, no cache to write to, no feed there', async context => {
    const { path, feed } = prepare(context);
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
    const { path, feed } = prepare(context);
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
    const found = lookup({ cache: join(feed, 'private', 'cache') })();
    assert.equal([found.linked, found.status, found.version], [false, null, 1]);
  });
});
