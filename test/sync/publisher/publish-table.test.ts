/** Tables published whole or by their difference, wrong ones refused, and what older versions need kept. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { FileProblems } from '../../../device/kit/yaml-file.ts';
import { setEpochHours, startEpoch } from '../../../sync/publisher/epochs/epoch-keys.ts';
import { feedPlaces } from '../../../sync/publisher/feed-places.ts';
import { lastIndex } from '../../../sync/publisher/publish-index.ts';
import { publishTable } from '../../../sync/publisher/publish-table.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { account, type Expected, edition, makeSmallFeed, type SmallFeed } from './small-feed.ts';

const header = 'medium,account,person,status';
const line = (i: number, person: string, status: string) => `t-union,${account(i)},${person},${status}`;
const accounts = Array.from({ length: 6 }, (_, i) => account(i));

function publish(
  { dir }: SmallFeed,
  lines: readonly string[],
  more: { policyFile?: string; linesFile?: string; now?: number; trustClock?: boolean } = {},
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

  test('a table in UTF-16 is compared with the one before as text; one that a spreadsheet has rounded is refused', async context => {
    const feed = await makeSmallFeed(context);
    const file = join(feed.dir, 'unicode.txt');
    const publishUtf16 = (lines: readonly string[], trustZeros = false) => {
      writeFileSync(file, `\ufeff${[header, ...lines].join('\n').replaceAll(',', '\t')}`, 'utf16le');
      return publishTable(feed.dir, file, edition(), trustZeros);
    };
    const lines = [line(1, '上王', 'green'), line(2, '李', 'red')];
    assert.is((await publishUtf16(lines)).links, 2);
    assert.equal((await publish(feed, lines)).added, 0, 'the same in another encoding');
    const next = await publishUtf16([...lines, line(3, '上', 'green')]);
    assert.equal([next.links, next.added, next.removed], [3, 1, 0]);
    const rounded = [1, 2, 3].map(i => `t-union,31051000000${1000 + i}0000,p${i},green`);
    assert.match(await problemOf(publishUtf16(rounded)), /unicode\.txt: 3 of 3 long numbers/);
    assert.is((await publishUtf16(rounded.slice(1))).links, 2);
    assert.match(await problemOf(publishUtf16(rounded)), /3 of 3 long numbers/, 'one row more');
    assert.is((await publishUtf16(rounded, true)).links, 3);
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
    startEpoch(feed.dir, Date.now());
    await publish(feed, lines);
    assert.is(lastIndex(feed.dir)?.keyId, 'epoch-2');
    assert.is((await client.sync()).how, 'snapshot');
    client.assertHas(expected([1, 'green'], [2, 'red']), accounts);
  });

  test('the same change again is another file: nobody sees that it has come again', async context => {
    const feed = await makeSmallFeed(context);
    for (const status of ['green', 'red', 'green', 'red', 'green'] as const)
      await publish(feed, [line(1, 'wang', status)]);
    const { deltas = [] } = lastIndex(feed.dir)?.status ?? {};
    assert.ok(deltas.length >= 4);
    assert.is(new Set(deltas.map(({ file }) => file.sha256)).size, deltas.length);
  });

  test('one who registers makes a delta no longer than nobody or a dozen do', async context => {
    const feed = await makeSmallFeed(context);
    const people = (count: number) => Array.from({ length: count }, (_, i) => line(i, `p${i}`, 'green'));
    for (const count of [20, 21, 21, 33]) await publish(feed, people(count));
    const { linkDeltas = [], status } = lastIndex(feed.dir) ?? {};
    const lengths = [...linkDeltas, ...(status?.deltas ?? [])].map(({ file }) => file.length);
    assert.ok(lengths.length >= 6);
    assert.equal([...new Set(lengths)], [540]);
  });

  test('a key epoch lasts a week, or as long as it was told; a clock far ahead does not make it longer', async context => {
    const feed = await makeSmallFeed(context);
    const hourMs = 3_600_000;
    const keyAt = async (hours: number) => {
      await publish(feed, [line(1, 'wang', 'green')], { now: Date.now() + hours * hourMs, trustClock: true });
      return lastIndex(feed.dir)?.keyId;
    };
    assert.is(await keyAt(167), 'epoch-1');
    assert.is(await keyAt(169), 'epoch-2');
    assert.is(await keyAt(170), 'epoch-2');
    assert.is(await keyAt(0), 'epoch-3', 'the clock has been 169 hours ahead');
    setEpochHours(feed.dir, 24);
    assert.is(await keyAt(23), 'epoch-3');
    assert.is(await keyAt(25), 'epoch-4');
  });

  test('what the last 16 versions name is there, and nothing else', async context => {
    const feed = await makeSmallFeed(context);
    const named: string[][] = [namesOf(feed)];
    const statuses = ['green', 'yellow', 'red'];
    for (let version = 2; version <= 36; version++) {
      if (version === 10) startEpoch(feed.dir, Date.now());
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
