/** `sim feed`: one JSON object on stdout; exit 0 done, 1 refused, 2 wrong usage, and never a stack trace. */
import { chmodSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { generatePeople } from '../../../sync/publisher/table/generate.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { pilotFolder } from '../publisher/gtfs/made-up-feed.ts';
import { type Outcome, runFeed, startServing } from './program.ts';

const header = 'medium,account,person,status';
const wang = 't-union,3105100000000000001,wang,green';
const li = 'ride-code,a0000000000000000001,li,red';

function assertDone({ status, stderr, json }: Outcome): Record<string, unknown> {
  assert.is(status, 0, stderr);
  assert.is(stderr, '');
  assert.ok(json !== undefined && !('error' in json));
  return json;
}

function assertRefused({ status, stderr, json }: Outcome, reason: RegExp): Record<string, unknown> {
  assert.is(status, 1, stderr);
  assert.is(stderr, '');
  assert.match(String(json?.error), reason);
  return json ?? {};
}

function assertWrongUsage({ status, stdout, stderr }: Outcome, reason: RegExp): void {
  assert.is(status, 2, stderr);
  assert.is(stdout, '');
  assert.match(stderr, reason);
  assert.not.match(stderr, /\n\s+at |node:/);
}

/** A directory with a feed `f` and tables; paths are relative to it, as a tester types them. */
async function prepare(context: TestContext) {
  const cwd = temporaryDirectory(context);
  const run = (...words: string[]) => runFeed(cwd, ...words);
  const table = (name: string, ...lines: string[]) =>
    writeFileSync(join(cwd, name), `${[header, ...lines].join('\n')}\n`);
  assert.equal(assertDone(await run('init', 'f')), { root: 'f/root.json', keys: 'f/fleet-keys.json' });
  table('people.csv', wang, li);
  return { cwd, run, table };
}

/** Its path. @param feed a directory */
function newestTargets(feed: string): string {
  const metadata = join(feed, 'public', 'metadata');
  const versions = readdirSync(metadata).flatMap(name => /^(\d+)\.targets\.json$/.exec(name)?.[1] ?? []);
  return join(metadata, `${Math.max(...versions.map(Number))}.targets.json`);
}

const trust = ['--root', 'f/root.json', '--keys', 'f/fleet-keys.json'];
const lookup = (medium: string, account: string) =>
  [
    'lookup',
    '--cache',
    'c',
    '--keys',
    'f/fleet-keys.json',
    '--medium',
    medium,
    '--account',
    account,
  ] as const;

suite('sim feed', test => {
  test('a feed in which others have had a hand is refused by each command; readable secrets are told', async context => {
    const { cwd, run } = await prepare(context);
    const link = join(cwd, 'f', 'private', 'people-taken.csv');
    symlinkSync('../../people.csv', link);
    const commands = [
      ['publish', 'f', '--people', 'people.csv'],
      ['rotate', 'f', '--key', 'online'],
      ['keys', 'f'],
      ['serve', 'f'],
      ['device', 'add', 'f', 'b', '--out', 'b.json'],
      ['device', 'import', 'f', 'people.csv'],
      ['device', 'revoke', 'f', 'first'],
      ['device', 'list', 'f'],
      ['epoch', 'f'],
    ];
    for (const outcome of await Promise.all(commands.map(words => run(...words)))) {
      assertRefused(outcome, /people-taken\.csv is a symbolic link/);
    }
    rmSync(link);
    chmodSync(join(cwd, 'f', 'private'), 0o755);
    const { status, stderr } = await run('epoch', 'f');
    assert.is(status, 0);
    assert.is(stderr, 'others may read f/private: chmod go-rwx\n');
  });

  test('denied media are published with the people, looked up, and reinstated', async context => {
    const { cwd, run } = await prepare(context);
    const { url } = await startServing(context, cwd, 'f');
    const sync = () => run('sync', '--from', url, ...trust, '--cache', 'c');
    const found = async (medium: string, account: string) =>
      assertDone(await run(...lookup(medium, account)));
    const deny = (...rows: string[]) => {
      writeFileSync(join(cwd, 'denied.csv'), ['medium,account,reason', ...rows, ''].join('\n'));
      return run('publish', 'f', '--people', 'people.csv', '--denied', 'denied.csv');
    };
    const lost = 't-union,3105100000000000001,lost';
    const denied = assertDone(await deny(lost, 'bmac,1000567117375253,debtor'));
    assert.is(JSON.stringify([denied.links, denied.denied, denied.added, denied.removed]), '[2,2,2,0]');
    assert.is(assertDone(await sync()).links, 2);
    const known = { linked: true, status: 'green', denied: true };
    const { linked, status, denied: isDenied } = await found('t-union', '3105100000000000001');
    assert.equal({ linked, status, denied: isDenied }, known);
    assert.is((await found('bmac', '1000567117375253')).denied, true);
    assert.is((await found('ride-code', 'A0000000000000000001')).denied, undefined);
    assertRefused(await deny(lost, 'bmac,1,debtor'), /denied\.csv: line 3/);
    assert.is((await run('publish', 'f', '--people', 'people.csv', '--denied', 'nowhere.csv')).status, 2);
    assert.is(assertDone(await deny()).denied, 0);
    await sync();
    assert.is((await found('t-union', '3105100000000000001')).denied, undefined);
  });

  test('init, publish, serve, sync, lookup, rotate and again', async context => {
    const { cwd, run, table } = await prepare(context);
    const first = assertDone(
      await run('publish', 'f', '--people', 'people.csv', '--as-of', '2022-06-10T08:00:00+08:00'),
    );
    assert.is(JSON.stringify([first.version, first.links, first.added]), '[2,2,2]');
    const { url, stop } = await startServing(context, cwd, 'f');
    const sync = () => run('sync', '--from', url, ...trust, '--cache', 'c');
    const { bytes, ...synced } = assertDone(await sync());
    const asOf = '2022-06-10T00:00:00.000Z';
    assert.equal(synced, { version: 2, previousVersion: null, how: 'snapshot', links: 2, asOf });
    assert.ok(Number(bytes) > 0);
    const found = async (medium: string, account: string) =>
      assertDone(await run(...lookup(medium, account)));
    assert.equal(await found('t-union', '3105100000000000001'), {
      linked: true,
      status: 'green',
      asOf,
      version: 2,
    });
    assert.is((await found('ride-code', 'A0000000000000000001')).status, 'red');

    assert.equal(assertDone(await run('rotate', 'f', '--key', 'fleet')), { rotated: 'fleet', version: 2 });
    table('people.csv', wang.replace('green', 'yellow'), li);
    assert.is(assertDone(await run('publish', 'f', '--people', 'people.csv')).version, 3);
    assert.is(assertDone(await sync()).how, 'snapshot');
    assert.is((await found('t-union', '3105100000000000001')).status, 'yellow');
    assert.is(await stop(), 0);
    assert.is(assertRefused(await sync(), /ECONNREFUSED|disconnected/).kept, 3);
  });

  test('lines from a GTFS feed are published until others are given; a bad feed changes nothing', async context => {
    const { cwd, run } = await prepare(context);
    const linesNow = () => {
      const targets = join(cwd, 'f', 'public', 'targets');
      const { signed } = JSON.parse(readFileSync(newestTargets(join(cwd, 'f')), 'utf8'));
      const { sha256 } = signed.targets['lines.json'].hashes;
      return JSON.parse(readFileSync(join(targets, `${sha256}.lines.json`), 'utf8')).lines as {
        line: string;
        ways?: object[];
      }[];
    };
    const withWays = () => linesNow().flatMap(({ line, ways }) => (ways?.length === 2 ? [line] : []));
    const publish = (...words: string[]) => run('publish', 'f', '--people', 'people.csv', ...words);
    assertDone(await publish());
    assert.equal(withWays(), []);
    assertDone(await publish('--gtfs', pilotFolder));
    assert.is(withWays().length, 10);
    assertDone(await publish());
    assert.is(withWays().length, 10);
    assertRefused(await publish('--gtfs', 'people.csv'), /people\.csv/);
    assertRefused(await publish('--gtfs', pilotFolder, '--gtfs-line', '7'), /route_short_name 7/);
    assert.is(withWays().length, 10);
    assertDone(await publish('--gtfs', pilotFolder, '--gtfs-line', '2', '--gtfs-line', '38'));
    assert.equal(withWays(), ['2', '38']);
    writeFileSync(join(cwd, 'lines.yaml'), 'lines: [{line: 6}]\n');
    assertDone(await publish('--lines', 'lines.yaml'));
    assert.equal(withWays(), []);
    assert.not.ok(readdirSync(join(cwd, 'f', 'private')).includes('lines-taken.yaml'));
  });

  test('wrong words, files that are not there, nothing is made', async context => {
    const cwd = temporaryDirectory(context);
    const cases: [string[], RegExp][] = [
      [['burn'], /burn/],
      [['publish', 'f', '--people', 'nowhere.csv'], /nowhere\.csv: no such file/],
      [['publish', 'f', '--people', pilotFolder, '--gtfs', 'nowhere.zip'], /nowhere\.zip: no such file/],
      [['publish', 'f', '--people', pilotFolder, '--gtfs-line', '2'], /--gtfs-line: .*--gtfs/],
      [['publish', 'f', '--people', 'p', '--gtfs', 'g', '--lines', 'l'], /cannot be used with/],
      [['publish', 'f', '--people', 'p', '--as-of', '2022-02-30'], /ISO 8601/],
      [['rotate', 'f', '--key', 'both'], /fleet, online, targets, root/],
      [[...lookup('t-union', '12')], /not an account/],
      [['generate', '--links', '1e3', '--seed', '7'], /whole number/],
    ];
    await Promise.all(
      cases.map(async ([words, reason]) => assertWrongUsage(await runFeed(cwd, ...words), reason)),
    );
    assert.equal(readdirSync(cwd), []);
  });

  test('refused: one line of JSON, exit 1', async context => {
    const { cwd, run, table } = await prepare(context);
    assertRefused(await run('init', 'f'), /holds a feed already/);
    table('twice.csv', wang, li, wang);
    const twice = assertRefused(await run('publish', 'f', '--people', 'twice.csv'), /line 4: .*twice/);
    assert.not.match(JSON.stringify(twice), '3105100000000000001');
    writeFileSync(join(cwd, 'c'), 'a file');
    assertRefused(await run(...lookup('t-union', '3105100000000000001')), /no link cache/);
  });

  test('generate: to stdout, to a file, to nowhere', async context => {
    const cwd = temporaryDirectory(context);
    const what = ['generate', '--links', '300', '--seed', '7'];
    const expected = [...generatePeople({ links: 300, seed: 7 })].join('');
    const { status, stdout } = await runFeed(cwd, ...what);
    assert.is(status, 0);
    assert.is(stdout, expected);
    const toFile = await runFeed(cwd, ...what, '--out', 'people.csv');
    assert.equal(assertDone(toFile), { links: 300, seed: 7, out: 'people.csv' });
    assert.is(readFileSync(join(cwd, 'people.csv'), 'utf8'), expected);
    assertWrongUsage(await runFeed(cwd, ...what, '--out', 'nowhere/people.csv'), /nowhere/);
  });
});
