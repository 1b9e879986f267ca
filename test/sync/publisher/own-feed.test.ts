/** A feed's directory in which somebody else has had a hand is refused, before anything in it is read. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { initFeed } from '../../../sync/publisher/init-feed.ts';
import { checkOwnFeed, secretsOthersMayRead } from '../../../sync/publisher/own-feed.ts';
import { publishTable } from '../../../sync/publisher/publish-table.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const nobody = 65_534;

suite("a feed's directory", test => {
  const original = test.shared(async context => {
    const beside = temporaryDirectory(context);
    const feed = join(beside, 'feed');
    initFeed(feed, Date.now());
    const table = join(beside, 'people.csv');
    writeFileSync(table, 'medium,account,person,status\nt-union,3105100000000000001,wang,green\n');
    chmodSync(table, 0o666);
    await publishTable(feed, table, { now: Date.now() });
    return { feed, table };
  });

  /** @returns a copy of the feed with a key file of an epoch, and a file beside it */
  async function prepare(context: Parameters<typeof temporaryDirectory>[0]) {
    const beside = temporaryDirectory(context);
    const feed = join(beside, 'feed');
    cpSync((await original()).feed, feed, { recursive: true });
    const victim = join(beside, 'victim');
    writeFileSync(victim, 'precious');
    const inFeed = (path: string) => join(feed, path);
    mkdirSync(inFeed('public/keys/epoch-1'), { recursive: true });
    return { feed, victim, inFeed };
  }

  const files = [
    'root.json',
    'fleet-keys.json',
    'private/history.json',
    'private/epoch-keys.json',
    'private/devices.json',
    'private/key-places.json',
    'private/online-key.pem',
    'private/persons.sqlite',
    'private/index.json.gz',
    'private/policy.yaml',
    'private/lines.yaml',
    'private/people-taken.csv',
    'private/people-2.csv',
    'private/.history.json.new',
    'private/persons.sqlite.building',
    'private/cache/current.json',
    'public/metadata/timestamp.json',
    'public/targets/x',
    'public/files/x',
    'public/keys/epoch-1/x',
  ];
  const folders = ['private', 'private/cache', 'public', 'public/metadata', 'public/files', 'public/keys'];

  test('is taken as the publisher has made it, under any umask, by a link, with folders of others in it', async context => {
    const { feed, inFeed } = await prepare(context);
    checkOwnFeed(feed);
    assert.is(statSync(inFeed('private/people-2.csv')).mode & 0o777, 0o600);
    mkdirSync(inFeed('public/files/lost+found'));
    mkdirSync(inFeed('tables'));
    const link = join(temporaryDirectory(context), 'link');
    symlinkSync(feed, link);
    checkOwnFeed(link);
    // What is no file of the feed is not taken away with old ones.
    await publishTable(link, (await original()).table, { now: Date.now() });
    assert.ok(statSync(inFeed('public/files/lost+found')).isDirectory());
    const before = process.umask(0);
    context.after(() => process.umask(before));
    const open = join(temporaryDirectory(context), 'open');
    initFeed(open, Date.now());
    await publishTable(open, (await original()).table, { now: Date.now() });
    checkOwnFeed(open);
  });

  test('links, pipes and folders in the place of files', async context => {
    const { feed, victim, inFeed } = await prepare(context);
    for (const file of files) {
      const path = inFeed(file);
      for (const [plant, reason] of [
        [() => symlinkSync(victim, path), /is a symbolic link/],
        [() => void execFileSync('mkfifo', [path]), /is no plain file/],
        [() => mkdirSync(path), /is no plain file/],
      ] as const) {
        const aside = join(feed, '..', 'aside');
        const wasThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
        if (wasThere) renameSync(path, aside);
        plant();
        assert.throws(() => checkOwnFeed(feed), reason, file);
        rmSync(path, { recursive: true });
        if (wasThere) renameSync(aside, path);
      }
    }
    checkOwnFeed(feed);
  });

  test('links and files in the place of folders, and a socket', async context => {
    const { feed, inFeed } = await prepare(context);
    for (const folder of folders) {
      const path = inFeed(folder);
      const aside = join(feed, '..', 'aside');
      renameSync(path, aside);
      symlinkSync(aside, path);
      assert.throws(() => checkOwnFeed(feed), /is a symbolic link/, folder);
      rmSync(path);
      writeFileSync(path, '');
      assert.throws(() => checkOwnFeed(feed), /is no plain directory/, folder);
      rmSync(path);
      renameSync(aside, path);
    }
    const server = createServer().listen(inFeed('private/s'));
    await new Promise(resolve => server.once('listening', resolve));
    context.after(() => server.close());
    assert.throws(() => checkOwnFeed(feed), /is no plain file/);
  });

  test('modes: whatever others may write is refused, secrets that they may read are told', async context => {
    const { feed, inFeed } = await prepare(context);
    for (const path of ['', 'root.json', 'private/history.json', ...folders].map(inFeed)) {
      const before = statSync(path).mode;
      chmodSync(path, before | 0o002);
      assert.throws(() => checkOwnFeed(feed), /others may write/, path);
      chmodSync(path, before);
    }
    assert.equal(secretsOthersMayRead(feed), []);
    chmodSync(inFeed('private'), 0o711);
    chmodSync(inFeed('fleet-keys.json'), 0o644);
    assert.equal(secretsOthersMayRead(feed), [inFeed('private'), inFeed('fleet-keys.json')]);
  });

  test('what belongs to another user', async context => {
    const { feed, inFeed } = await prepare(context);
    const me = process.geteuid?.() ?? 0;
    if (me !== 0) {
      // Nobody but root can give a file away: who looks is another then.
      context.after(() => void Object.assign(process, { geteuid: () => me }));
      process.geteuid = () => nobody;
      assert.throws(() => checkOwnFeed(feed), /belongs to another user/);
      return;
    }
    for (const path of ['', 'private', 'private/history.json', 'public/files'].map(inFeed)) {
      chownSync(path, nobody, 0);
      assert.throws(() => checkOwnFeed(feed), /belongs to another user/, path);
      chownSync(path, 0, 0);
    }
  });

  test('one that somebody has prepared is no place for a new feed', context => {
    const feed = join(temporaryDirectory(context), 'feed');
    const victim = join(temporaryDirectory(context), 'victim');
    writeFileSync(victim, 'precious');
    mkdirSync(join(feed, 'private'), { recursive: true });
    symlinkSync(victim, join(feed, 'private', 'history.json'));
    assert.throws(() => initFeed(feed, Date.now()), /is a symbolic link/);
    assert.equal(readdirSync(feed), ['private']);
    assert.is(readFileSync(victim, 'utf8'), 'precious');
  });

  test('a table is copied through no link that was put there meanwhile', async context => {
    const { feed, victim, inFeed } = await prepare(context);
    symlinkSync(victim, inFeed('private/people-taken.csv'));
    await publishTable(feed, (await original()).table, { now: Date.now() });
    assert.is(readFileSync(victim, 'utf8'), 'precious');
  });
});
