/** Metadata that is genuine but old, or of different versions: rollback, freeze, mix-and-match. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../../harness.ts';
import { otherBytes } from './faults.ts';
import type { TestFeed } from './test-feed.ts';
import {
  assertArrives,
  assertServes,
  newValidator,
  refusalOf,
  startAtNewest,
  type TestValidator,
} from './test-validator.ts';

const dayMs = 86_400_000;

const metadataOf = (feed: TestFeed, version: number, name: string) =>
  readFileSync(join(feed.publicAt(version), 'metadata', name));

/** It is refused while the fault lasts, more than once; what comes after is taken. */
async function assertRefused(
  validator: TestValidator,
  feed: TestFeed,
  version: number,
  why: RegExp,
): Promise<void> {
  for (const _ of [1, 2]) {
    assert.match(await refusalOf(validator), why);
    assertServes(validator, feed, version);
  }
}

suite('old metadata', test => {
  test('rollback: an old timestamp, or all that is old', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    const end = server.inject(
      'metadata/timestamp.json',
      otherBytes(metadataOf(feed, newest - 1, 'timestamp.json')),
    );
    const older = new RegExp(
      `^FeedError .*/timestamp.json: .*version ${newest - 1} is less than current version ${newest}`,
    );
    await assertRefused(validator, feed, newest, older);
    end();
    server.directory = feed.publicAt(newest - 1);
    await assertRefused(validator, feed, newest, older);
    server.directory = feed.publicAt(2);
    await assertRefused(validator, feed, newest, /version 2 is less than/);
    server.directory = feed.places.public;
    await assertArrives(validator, feed, feed.publish('delta'));
  });

  test('rollback after the kept metadata has been deleted: the highest version is remembered', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    rmSync(join(validator.directory, 'metadata'), { recursive: true });
    server.directory = feed.publicAt(newest - 1);
    const rollback = new RegExp(
      `^FeedError rollback: version ${newest - 1} is offered, ${newest} has been seen`,
    );
    await assertRefused(validator, feed, newest, rollback);
    server.directory = feed.places.public;
    await assertArrives(validator, feed, newest);
  });

  test('also when the memory of it is damaged, or gone: what is in use says so', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    for (const damage of ['', '{"highestVersion":"many"}', 'garbage', undefined]) {
      rmSync(join(validator.directory, 'metadata'), { recursive: true });
      const seen = join(validator.directory, 'seen.json');
      if (damage === undefined) rmSync(seen);
      else writeFileSync(seen, damage);
      server.directory = feed.publicAt(newest - 2);
      await assertRefused(validator, feed, newest, /rollback: version 6 is offered, 8 has been seen/);
      server.directory = feed.places.public;
      await assertArrives(validator, feed, newest);
    }
  });

  test('a version seen, whose files did not come, is remembered too', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    const next = feed.publish('delta');
    const end = server.inject(/^files\//, ({ response }) => {
      response.destroy();
      return true;
    });
    assert.match(await refusalOf(validator), /disconnected/);
    end();
    rmSync(join(validator.directory, 'metadata'), { recursive: true });
    server.directory = feed.publicAt(newest);
    await assertRefused(
      validator,
      feed,
      newest,
      new RegExp(`rollback: version ${newest} is offered, ${next} has been seen`),
    );
    server.directory = feed.places.public;
    await assertArrives(validator, feed, next);
  });

  test('freeze: metadata that has expired', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    feed.publish('delta', { now: Date.now() - 2 * dayMs });
    await assertRefused(validator, feed, newest, /timestamp.json.*expired/);
    const fresh = newValidator(context, feed, server.url);
    assert.match(await refusalOf(fresh), /timestamp.json.*expired/);
    assertServes(fresh, feed, undefined);
    feed.publish('delta', { now: Date.now() - 8 * dayMs });
    await assertRefused(validator, feed, newest, /expired/);
    await assertArrives(validator, feed, feed.publish('delta'));
    await assertArrives(fresh, feed, feed.version);
  });

  test('expiry is judged by the time that is believed, not by the system clock', async context => {
    const { feed, validator, newest } = await startAtNewest(context);
    const next = feed.publish('delta');
    validator.time = { earliest: Date.UTC(2099, 0), latest: Date.UTC(2099, 0) };
    await assertRefused(validator, feed, newest, /timestamp.json.*expired/);
    validator.time = undefined;
    await assertArrives(validator, feed, next);
    const frozenAt = Date.now() - 2 * dayMs;
    const frozen = feed.publish('delta', { now: frozenAt });
    await assertRefused(validator, feed, next, /timestamp.json.*expired/);
    validator.time = { earliest: frozenAt, latest: Date.now() };
    await assertArrives(validator, feed, frozen);
  });

  test('freeze: the same timestamp again and again is no news, and expires', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    server.directory = feed.publicAt(newest);
    feed.publish('delta');
    assert.is((await assertArrives(validator, feed, newest)).how, 'none');
    const asked = server.log.filter(({ path }) => path === 'metadata/timestamp.json');
    assert.is(asked.at(-1)?.status, 304);
  });

  test('mix-and-match: snapshot, targets, index or policy of another version', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    const next = feed.publish('delta', { repeatWindowS: 9 });
    const target = (version: number, name: string) => {
      const { targets } = JSON.parse(metadataOf(feed, version, `${version}.targets.json`).toString()).signed;
      const path = `targets/${targets[name].hashes.sha256}.${name}`;
      return { path, bytes: readFileSync(join(feed.publicAt(version), path)) };
    };
    const swapped = [
      ...['snapshot', 'targets'].map(role => ({
        path: `metadata/${next}.${role}.json`,
        bytes: metadataOf(feed, newest, `${newest}.${role}.json`),
      })),
      ...['policy.yaml', 'index.json.gz'].map(name => ({
        path: target(next, name).path,
        bytes: target(newest, name).bytes,
      })),
    ];
    for (const { path, bytes } of swapped) {
      const end = server.inject(path, otherBytes(bytes));
      await assertRefused(
        validator,
        feed,
        newest,
        new RegExp(`Error .*${path}: .*(hash|length|longer than)`, 'i'),
      );
      end();
    }
    await assertArrives(validator, feed, next);
  });

  test('files of the feed in each other’s place', async context => {
    const { feed, server } = await startAtNewest(context);
    const { partitions } = feed.truth(feed.version).index.snapshot;
    const [first, second] = partitions.flatMap(({ file }) => file?.sha256 ?? []);
    const other = newValidator(context, feed, server.url);
    const end = server.inject(
      `files/${first}`,
      otherBytes(readFileSync(join(feed.places.files, second ?? ''))),
    );
    assert.match(
      await refusalOf(other),
      new RegExp(`Error .*${first}: (what came has another hash|longer than|ended after)`),
    );
    end();
    assertServes(other, feed, undefined);
    await assertArrives(other, feed, feed.version);
  });
});
