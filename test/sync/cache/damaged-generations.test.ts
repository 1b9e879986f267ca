import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { applyChanges } from '../../../sync/cache/apply-changes.ts';
import { readPointer, writePointer } from '../../../sync/cache/directory.ts';
import { openGeneration } from '../../../sync/cache/generation.ts';
import { createSeals } from '../../../sync/cache/seal.ts';
import { statusDigest } from '../../../sync/feed/statuses.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import {
  contentOf,
  current,
  isUnavailable,
  key,
  openStore,
  statusIn,
  writeSmallCache,
} from './small-cache.ts';

suite('link store: damaged generations', test => {
  /** Two generations: all green of version 1, all red of version 2. */
  function writeTwo(directory: string): string {
    writeSmallCache(directory, { persons: 3, statusOf: () => 'green' });
    writeSmallCache(directory, { persons: 3, version: 2, statusOf: () => 'red' });
    return readPointer(directory)?.current ?? '';
  }

  /** In place, behind SQLite's back: the status pages' seals no longer fit. */
  function breakStatuses(path: string): void {
    const db = new Database(path);
    db.exec(`UPDATE status SET nibbles = zeroblob(length(nibbles))`);
    db.close();
  }

  test('one that cannot be opened: the previous one is used', context => {
    const directory = temporaryDirectory(context);
    writeTwo(directory);
    truncateSync(current(directory), 5000);
    const { store, states } = openStore(context, directory);
    assert.is(statusIn(store), 'green');
    assert.is(states.at(-1)?.usable, true);
  });

  test('one found damaged while reading: told once, not used again, and the previous one is', context => {
    const directory = temporaryDirectory(context);
    const newest = writeTwo(directory);
    breakStatuses(current(directory));
    const { store, damaged } = openStore(context, directory);
    assert.ok(isUnavailable(store), 'not the old status before anybody could know');
    assert.is(statusIn(store), 'green');
    store.lookAfter();
    assert.is(statusIn(store), 'green');
    assert.equal(damaged, [`${newest}: a status page is missing or damaged`]);
  });

  test('a status page that is missing is damage, no unknown status', context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons: 3 });
    const db = new Database(current(directory));
    db.exec('DELETE FROM status');
    db.close();
    const { store, damaged } = openStore(context, directory);
    assert.ok(isUnavailable(store));
    assert.is(damaged.length, 1);
    const described = store.describe();
    assert.match(described.usable ? '' : described.why, 'a status page is missing');
  });

  test('a state whose seal does not fit: not opened at all, and the previous one is used', context => {
    const directory = temporaryDirectory(context);
    writeTwo(directory);
    const path = current(directory);
    const generation = openGeneration(path, [key], { readonly: true });
    const seal = createSeals(key).ofState(generation.state);
    generation.db.close();
    const bytes = readFileSync(path);
    const at = bytes.indexOf(seal);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(path, bytes);
    const { store, damaged } = openStore(context, directory);
    assert.is(statusIn(store), 'green');
    assert.equal(damaged, []);
  });

  test('abandoned because somebody else found it damaged; another one is not', context => {
    const directory = temporaryDirectory(context);
    const newest = writeTwo(directory);
    const previous = readPointer(directory)?.previous ?? '';
    const { store, states } = openStore(context, directory);
    store.abandon(previous, 'found elsewhere');
    assert.is(statusIn(store), 'red');
    store.abandon(newest, 'found elsewhere');
    assert.is(statusIn(store), 'green');
    store.lookAfter();
    assert.is(statusIn(store), 'green');
    store.abandon(previous, 'this one too');
    const last = states.at(-1);
    assert.match(last?.usable === false ? last.why : '', 'found elsewhere');
    assert.ok(isUnavailable(store));
    writeSmallCache(directory, { persons: 3, version: 3, statusOf: () => 'yellow' });
    store.lookAfter();
    assert.is(statusIn(store), 'yellow');
  });

  test('without a pointer, or with one that cannot be read, the newest generation counts', context => {
    const directory = temporaryDirectory(context);
    writeTwo(directory);
    for (const text of ['{', '{"current":"../../x","previous":null}', '']) {
      writeFileSync(join(directory, 'current.json'), text);
      assert.is(statusIn(openStore(context, directory).store), 'red');
    }
    rmSync(join(directory, 'current.json'));
    assert.is(statusIn(openStore(context, directory).store), 'red');
  });

  test('a log left behind by a writer that was killed: what it committed counts, what it did not is gone', context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons: 3, statusOf: () => 'green' });
    const name = readPointer(directory)?.current ?? '';
    const writer = openGeneration(current(directory), [key], {});
    context.after(() => writer.db.close());
    writer.db.pragma('wal_autocheckpoint = 0');
    const content = contentOf({ persons: 3, statusOf: () => 'red' });
    const target = { ...writer.state, version: 2, statusDigest: statusDigest(content.statuses) };
    const slotCounts = [...content.statuses.counts];
    applyChanges(writer, { links: [], statuses: content.statuses, slotCounts }, () => target);
    writer.db.pragma('cache_size = 1');
    writer.db.exec(`BEGIN; UPDATE status SET nibbles = zeroblob(length(nibbles)); DELETE FROM partition`);
    // As a power cut leaves it: file and log, the memory that was shared is gone.
    const after = join(directory, 'after');
    mkdirSync(after);
    for (const end of ['', '-wal']) copyFileSync(current(directory) + end, join(after, name + end));
    writePointer(after, { current: name, previous: null });
    assert.ok(readFileSync(join(after, `${name}-wal`)).length > 0);
    const { store, damaged } = openStore(context, after);
    assert.is(statusIn(store), 'red');
    assert.equal(damaged, []);
    writer.db.exec('ROLLBACK');
  });
});
