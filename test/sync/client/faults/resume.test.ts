/** What has arrived is not fetched again: told by the ranges and bytes that a server counts. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { TestContext } from '../../../harness.ts';
import { suite } from '../../../harness.ts';
import { cutAfter, htmlPage, ignoredRange, shortened, wrongContentRange } from './faults.ts';
import type { Asked } from './faulty-server.ts';
import { newest, startFrom } from './starting-points.ts';
import { startSyncing } from './syncing-child.ts';
import { assertArrives, assertWhole, refusalOf } from './test-validator.ts';

/** Of a fresh validator whose status file, the last of all, is cut; and what is fetched from then on. */
async function cutAtTheEnd(context: TestContext, ...cuts: readonly number[]) {
  const start = await startFrom(context, undefined);
  const { feed, server, byKind } = start;
  const validator = start.validator();
  const path = byKind.get('status file') ?? '';
  for (const bytes of cuts) {
    const end = server.inject(path, cutAfter(bytes));
    assert.match(await refusalOf(validator), /^DeviceError disconnected: /);
    end();
  }
  const { size } = statSync(join(feed.places.public, path));
  const from = server.log.length;
  const isFile = ({ path }: Asked) => path.startsWith('files/');
  const fetched = () =>
    server.log
      .slice(from)
      .filter(isFile)
      .map(({ path, range, bytes }) => ({ path, range, bytes }));
  return { ...start, validator, path, size, fetched };
}

suite('resumed syncs', test => {
  test('a file goes on at the byte where it was cut, and those before it are here', async context => {
    const { feed, validator, path, size, fetched } = await cutAtTheEnd(context, 10, 20, 30);
    await assertArrives(validator, feed, newest);
    assert.equal(fetched(), [{ path, range: 'bytes=60-', bytes: size - 60 }]);
  });

  test('also in another process', async context => {
    const { feed, server, validator, path, size, fetched } = await cutAtTheEnd(context, 40);
    const child = await startSyncing(context, feed, server.url, validator.directory);
    const outcome = await child.go();
    assert.ok(typeof outcome === 'object' && 'version' in outcome, JSON.stringify(outcome));
    assertWhole(validator, feed, newest);
    assert.equal(fetched(), [{ path, range: 'bytes=40-', bytes: size - 40 }]);
  });

  test('a newer version that names the same files needs only the others', async context => {
    const { feed, validator, fetched, paths } = await cutAtTheEnd(context, 40);
    const next = feed.publish('delta');
    await assertArrives(validator, feed, next);
    const { linkDeltas, status } = feed.truth(next).index;
    const fresh = [linkDeltas.at(-1)?.file, status.file].map(file => ({
      path: `files/${file?.sha256}`,
      range: undefined,
      bytes: file?.length,
    }));
    assert.equal(fetched(), fresh);
    assert.not(paths.includes(fresh[0]?.path ?? ''));
  });

  test('a newer snapshot needs only the partitions that are others', async context => {
    const { feed, validator, fetched } = await cutAtTheEnd(context, 40);
    const before = feed.truth(newest).index.snapshot.partitions.map(({ file }) => file?.sha256);
    const next = feed.publish('snapshot');
    await assertArrives(validator, feed, next);
    const { partitions } = feed.truth(next).index.snapshot;
    const names = partitions.flatMap(({ file }) =>
      file === null || before.includes(file.sha256) ? [] : `files/${file.sha256}`,
    );
    const partitionsFetched = fetched()
      .map(({ path }) => path)
      .filter(path => !path.includes(feed.truth(next).index.status.file.sha256));
    assert.equal(partitionsFetched.toSorted(), names.toSorted());
    assert.ok(names.length > 0 && names.length < partitions.filter(({ file }) => file !== null).length);
  });

  test('a server that ignores ranges sends all of it again', async context => {
    const { feed, server, validator, path, size, fetched } = await cutAtTheEnd(context, 40);
    server.inject(path, ignoredRange);
    await assertArrives(validator, feed, newest);
    assert.equal(fetched(), [{ path, range: 'bytes=40-', bytes: size }]);
  });

  test('a server that sends another range is asked for all of it', async context => {
    const { feed, server, validator, path, fetched } = await cutAtTheEnd(context, 40);
    server.inject(path, wrongContentRange);
    await assertArrives(validator, feed, newest);
    assert.is(fetched().at(-1)?.range, undefined);
  });

  test('a beginning that was something else is fetched anew in the same sync', async context => {
    for (const wrong of [htmlPage, shortened(40)]) {
      const { feed, server, validator, path, fetched } = await cutAtTheEnd(context);
      const end = server.inject(path, wrong);
      assert.match(
        await refusalOf(validator),
        new RegExp(`DeviceError \\w+: .*${path}: ended after \\d+ of \\d+ bytes`),
      );
      end();
      await assertArrives(validator, feed, newest);
      assert.ok(fetched().length >= 2);
    }
  });

  test('a bit flipped in what has arrived: that file is fetched anew, in whole or in part', async context => {
    const { feed, validator, fetched, path } = await cutAtTheEnd(context, 40);
    const arrivals = join(validator.directory, 'arrivals');
    const flipped = ['whole', 'part'].map(
      kind => readdirSync(arrivals).find(name => name.endsWith('.part') === (kind === 'part')) ?? '',
    );
    for (const name of flipped) {
      const bytes = readFileSync(join(arrivals, name));
      bytes[7] = (bytes[7] ?? 0) ^ 1;
      writeFileSync(join(arrivals, name), bytes);
    }
    await assertArrives(validator, feed, newest);
    const asked = fetched().map(({ path, range }) => [path, range]);
    assert.equal(asked, [
      [`files/${flipped[0]}`, undefined],
      [path, 'bytes=40-'],
      [path, undefined],
    ]);
  });

  test('a file that came whole just before the end is not fetched again', async context => {
    const { feed, validator, fetched, path } = await cutAtTheEnd(context, 40);
    const whole = readFileSync(join(feed.places.public, path));
    writeFileSync(join(validator.directory, 'arrivals', `${path.slice('files/'.length)}.part`), whole);
    await assertArrives(validator, feed, newest);
    assert.equal(fetched(), []);
  });
});
