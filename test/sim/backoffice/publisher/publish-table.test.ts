/** Tables published whole or by their difference, wrong ones refused, and what older versions need kept. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { FileProblems } from '../../../../device/settings/yaml-file.ts';
import { feedPlaces } from '../../../../sim/backoffice/publisher/feed-places.ts';
import { rotateFleetKey } from '../../../../sim/backoffice/publisher/init-feed.ts';
import { lastIndex } from '../../../../sim/backoffice/publisher/publish-index.ts';
import { publishTable } from '../../../../sim/backoffice/publisher/publish-table.ts';
import { WrongUsage } from '../../../../sim/wrong-usage.ts';
import { suite } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { account, type Expected, edition, makeSmallFeed, type SmallFeed } from './small-feed.ts';

const header = 'medium,account,person,status';
const line = (i: number, person: string, status: string) => `t-union,${account(i)},${person},${status}`;
const accounts = Array.from({ length: 6 }, (_, i) => account(i));

function publish(
  { dir }: SmallFeed,
  lines: readonly string[],
  more: { policyFile?: string; linesFile?: string } = {},
) {
  const file = join(dir, 'table.csv');
  writeFileSync(file, `${[header, ...lines].join('\n')}\n`);
  return publishTable(dir, file, { ...edition(), ...more });
}

const expected = (...pairs: [number, 'green' | 'yellow' | 'red'][]): Expected =>
  new Map(pairs.map(([i, status]) => [account(i), status]));

async function problemOf(publishing: Promise<unknown>): Promise<string> {
  const error = await publishing.then(
    () => 'it was published',
    thrown => thrown,
  );
  assert.ok(error instanceof WrongUsage || error instanceof FileProblems, String(error));
  return error.message;
}

/** Every file that an index names. */
function namesOf({ dir }: SmallFeed): string[] {
  const index = lastIndex(dir);
  if (index === undefined) throw new Error('no index');
  const { snapshot, linkDeltas, status } = index;
  const deltas = [...linkDeltas, ...status.deltas].map(({ file }) => file);
  const files = [...snapshot.partitions.flatMap(({ file }) => file ?? []), ...deltas, status.file];
  return files.map(({ sha256 }) => sha256);
}

suite('feed publisher: table', test => {
  test('the first is read whole, the next by its difference', async context => {
    const feed = await makeSmallFeed(context);
    const client = feed.client();
    const lines = [line(1, 'wang', 'green'), line(2, 'li', 'red')];
    assert.is((await publish(feed, lines)).version, 2);
    assert.is(lastIndex(feed.dir)?.snapshot.version, 2);
    await client.sync();
    client.assertHas(expected([1, 'green'], [2, 'red']), accounts);
    const next = await publish(feed, [line(3, 'wang', 'yellow'), line(1, 'wang', 'yellow')]);
    assert.equal([next.version, next.links, next.added, next.removed, next.statusChanged], [3, 2, 1, 1, 1]);
    assert.is(lastIndex(feed.dir)?.snapshot.version, 2);
    await client.sync();
    client.assertHas(expected([1, 'yellow'], [3, 'yellow']), accounts);
    assert.equal(
      readdirSync(join(feed.dir, 'private')).filter(name => name.endsWith('.csv')),
      ['people-3.csv'],
    );
  });

  test('the same table, in another order, and an empty one', async context => {
    const feed = await makeSmallFeed(context);
    const lines = [line(1, 'wang', 'green'), line(2, 'li', 'red')];
    await publish(feed, lines);
    const same = await publish(feed, lines.toReversed());
    assert.equal([same.links, same.added, same.removed, same.statusChanged], [2, 0, 0, 0]);
    assert.is((await publish(feed, [])).links, 0);
    const client = feed.client();
    await client.sync();
    client.assertHas(expected(), accounts);
  });

  test('a wrong table is refused with its lines, and nothing has changed', async context => {
    const feed = await makeSmallFeed(context);
    const good = [line(1, 'wang', 'green'), line(2, 'wang', 'green'), line(3, 'li', 'red')];
    await publish(feed, good);
    const before = readFileSync(join(feed.places.metadata, 'timestamp.json'), 'utf8');
    const cases: [string[], RegExp][] = [
      [[...good, line(3, 'li', 'red')], /table\.csv: line 5: .*twice/],
      [[...good, line(1, 'zhao', 'green')], /line 5: .*twice/],
      [[...good, line(4, 'li', 'green')], /line \d: the person has two statuses/],
      [good.with(0, line(1, 'wang', 'red')), /line \d: the person has two statuses/],
      [good.with(0, line(1, 'wang', 'blue')), /line 2/],
      [good.with(2, 't-union,12,li,red'), /line 4/],
      [good.with(2, 'bus-pass,12,li,red'), /line 4/],
      [good.with(2, 'li,red'), /table\.csv/],
    ];
    for (const [lines, message] of cases) assert.match(await problemOf(publish(feed, lines)), message);
    assert.is(readFileSync(join(feed.places.metadata, 'timestamp.json'), 'utf8'), before);
    assert.is((await publish(feed, [...good, line(4, 'li', 'red')])).added, 1);
  });

  test('no table, no feed, a policy that cannot be used', async context => {
    const feed = await makeSmallFeed(context);
    const nowhere = join(temporaryDirectory(context), 'nowhere');
    assert.match(await problemOf(publishTable(feed.dir, nowhere, edition())), /nowhere/);
    const table = join(feed.dir, 'table.csv');
    writeFileSync(table, header);
    assert.match(await problemOf(publishTable(nowhere, table, edition())), /no feed/);
    const policyFile = join(feed.dir, 'wrong.yaml');
    writeFileSync(policyFile, 'lines: 5\n');
    assert.match(await problemOf(publish(feed, [line(1, 'wang', 'red')], { policyFile })), /wrong\.yaml/);
    assert.is(lastIndex(feed.dir)?.version, 1);
  });

  test('lines and their stops are published with the policy’s lines, and stay until others are given', async context => {
    const feed = await makeSmallFeed(context);
    const people = [line(1, 'wang', 'red')];
    const publishedLines = () => {
      const [newest] = readdirSync(feedPlaces(feed.dir).targets)
        .filter(name => name.endsWith('.lines.json'))
        .map(name => join(feedPlaces(feed.dir).targets, name))
        .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
      return JSON.parse(readFileSync(newest ?? '', 'utf8')).lines;
    };
    await publish(feed, people);
    const without = publishedLines();
    assert.equal(without.slice(0, 2), [{ line: '2' }, { line: '6' }]);
    const linesFile = join(feed.dir, 'lines.yaml');
    const stop = { id: '6-01', zh: '前门', en: 'Qianmen', lat: 39.8986, lon: 116.3917 };
    writeFileSync(linesFile, stringify({ lines: [{ line: 6, stops: [stop] }, { line: '300' }] }));
    await publish(feed, people, { linesFile });
    const given = publishedLines();
    assert.equal(given.slice(0, 2), [{ line: '2' }, { line: '6', stops: [stop] }]);
    assert.equal(given.at(-1), { line: '300' });
    await publish(feed, people);
    assert.equal(publishedLines(), given);

    for (const wrong of [
      { lines: [{ line: '2', stops: [{ ...stop, lat: 91 }] }] },
      { lines: [{ line: '2', stops: [stop, stop] }] },
      { lines: [{ line: '2' }, { line: 2 }] },
      { lines: [{ line: '2', stops: [{ ...stop, colour: 'red' }] }] },
      {},
    ]) {
      writeFileSync(linesFile, stringify(wrong));
      assert.match(await problemOf(publish(feed, people, { linesFile })), /lines\.yaml/);
    }
    const many = Array.from({ length: 80 }, (_, i) => ({
      line: `L${i}`,
      stops: Array.from({ length: 200 }, (_, j) => ({ ...stop, id: `${j}` })),
    }));
    writeFileSync(linesFile, stringify({ lines: many }));
    assert.match(await problemOf(publish(feed, people, { linesFile })), /1048576/);
    assert.is(lastIndex(feed.dir)?.version, 4);
  });

  test('under a new fleet key it is a snapshot, and followers find everybody', async context => {
    const feed = await makeSmallFeed(context);
    const client = feed.client();
    const lines = [line(1, 'wang', 'green'), line(2, 'li', 'red')];
    await publish(feed, lines);
    await client.sync();
    rotateFleetKey(feed.dir);
    await publish(feed, lines);
    assert.is(lastIndex(feed.dir)?.keyId, 'fleet-2');
    assert.is((await client.sync()).how, 'snapshot');
    client.assertHas(expected([1, 'green'], [2, 'red']), accounts);
  });

  test('what the last 16 versions name is there, and nothing else', async context => {
    const feed = await makeSmallFeed(context);
    const named: string[][] = [namesOf(feed)];
    const statuses = ['green', 'yellow', 'red'];
    for (let version = 2; version <= 36; version++) {
      if (version === 10) rotateFleetKey(feed.dir);
      const lines = [line(1, `p${version}`, 'green'), line(2, 'li', statuses[version % 3] ?? '')];
      await publish(feed, lines);
      named.push(namesOf(feed));
      const expectedFiles = new Set(named.slice(-16).flat());
      assert.equal(readdirSync(feed.places.files).sort(), [...expectedFiles].sort(), `version ${version}`);
    }
    const metadata = readdirSync(feed.places.metadata);
    for (let version = 1; version <= 36; version++) {
      for (const role of ['targets', 'snapshot'])
        assert.is(metadata.includes(`${version}.${role}.json`), version > 20, `${version} ${role}`);
    }
    assert.ok(existsSync(join(feed.places.metadata, '1.root.json')));
    const ofTargets = readdirSync(feed.places.targets).filter(name => name.endsWith('index.json.gz'));
    assert.is(ofTargets.length, 16);
  });
});
