import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { statuses } from '../../../device/core/check.ts';
import { candidates, takeAway } from '../../../sync/cache/directory.ts';
import { openGeneration } from '../../../sync/cache/generation.ts';
import { writeCache } from '../../../sync/cache/write-cache.ts';
import type { FleetKey } from '../../../sync/fleet-keys.ts';
import { suite, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import {
  account,
  asOf,
  contentOf,
  current,
  find,
  isUnavailable,
  key,
  openStore,
  setAll,
  statusIn,
  writeSmallCache,
} from './small-cache.ts';

suite('link store', test => {
  test('finds every link with its status, over several status pages, and no other', context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons: 20_000, version: 7, partitionOf: () => 200 });
    const { store, states } = openStore(context, directory);
    for (let i = 0; i < 20_000; i += 7) {
      assert.equal(find(store, i), {
        found: true,
        denied: false,
        status: statuses[i % 5],
        linksAsOf: asOf,
        statusAsOf: asOf + 1,
      });
    }
    assert.equal(find(store, 20_000), { found: false, denied: false, linksAsOf: asOf });
    assert.equal(store.find(store.tokenOf('bmac', account(1))), {
      found: false,
      denied: false,
      linksAsOf: asOf,
    });
    assert.equal(states, [
      {
        usable: true,
        version: 7,
        links: 20_000,
        slots: 20_000,
        denied: 0,
        keyId: 'k1',
        linksAsOf: asOf,
        statusAsOf: asOf + 1,
      },
    ]);
  });

  test('a status outside the known ones, or a slot outside the array, is unknown', context => {
    const directory = temporaryDirectory(context);
    const content = contentOf({ persons: 4, statusOf: () => 'green', partitionOf: () => 1 });
    const [partition] = content.statuses.nibbles.slice(1);
    partition?.set([0xf1]);
    const counts = content.statuses.counts.map(count => Math.min(count, 2));
    const nibbles = content.statuses.nibbles.map((bytes, i) => bytes.subarray(0, i === 1 ? 1 : 0));
    writeCache(directory, { ...content, statuses: { counts, nibbles } });
    const { store } = openStore(context, directory);
    const seen = [0, 1, 2, 3].map(i => statusIn(store, i)).sort();
    assert.equal(seen, ['green', 'unknown', 'unknown', 'unknown']);
  });

  test('a missing cache is unavailable, and taken up when it comes', async context => {
    const directory = join(temporaryDirectory(context), 'none yet');
    const { store, states } = openStore(context, directory);
    assert.ok(isUnavailable(store));
    writeSmallCache(directory, { persons: 3 });
    await until('the cache is taken up', () => !isUnavailable(store));
    assert.equal(
      states.map(state => state.usable),
      [false, true],
    );
  });

  test('a new generation takes the old one’s place; both gone means no data', async context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons: 3, statusOf: () => 'green' });
    const { store } = openStore(context, directory);
    writeSmallCache(directory, { persons: 3, version: 2, statusOf: () => 'red' });
    await until('the new status', () => statusIn(store) === 'red');
    for (const name of candidates(directory)) takeAway(directory, name);
    await until('no data', () => isUnavailable(store));
  });

  test('what a sync writes into the generation in use is seen at the next look-up', context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons: 3, statusOf: () => 'green' });
    const { store, states, damaged } = openStore(context, directory);
    assert.is(statusIn(store), 'green');
    for (const [i, status] of (['red', 'yellow', 'green', 'popup'] as const).entries()) {
      setAll(directory, 3, i + 2, status);
      assert.is(statusIn(store), status);
      const last = states.at(-1);
      assert.is(last?.usable && last.version, i + 2);
    }
    assert.equal(damaged, []);
  });

  test('what is written while the store opens it is no news to be missed', context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons: 3, statusOf: () => 'green' });
    const generation = openGeneration(current(directory), [key], { readonly: true });
    context.after(() => generation.db.close());
    assert.is(generation.hasChanged(), false);
    setAll(directory, 3, 2, 'red');
    assert.is(generation.hasChanged(), true);
  });

  test('truncated anywhere: unavailable, never "not found"', context => {
    const directory = temporaryDirectory(context);
    const whole = join(directory, 'whole');
    writeSmallCache(whole, { persons: 5000 });
    const { length } = readFileSync(current(whole));
    for (const size of [0, 1, 99, 100, 512, 4096, 8192, length >> 1, length - 4096, length - 1]) {
      const cut = join(directory, `cut-${size}`);
      writeSmallCache(cut, { persons: 1 });
      copyFileSync(current(whole), current(cut));
      truncateSync(current(cut), size);
      const { store, states } = openStore(context, cut);
      assert.ok(isUnavailable(store), `cut to ${size}`);
      assert.is(states.at(-1)?.usable, false);
    }
  });

  test('pages overwritten: no look-up says anything but the truth or unavailable; the file is not trusted again', context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons: 5000, statusOf: () => 'green' });
    const bytes = readFileSync(current(directory));
    // All but the state: the store opens it, and reads on.
    const from = 4096 * 8;
    assert.ok(from < bytes.length / 2);
    bytes.fill(0, from);
    writeFileSync(current(directory), bytes);
    const { store } = openStore(context, directory);
    for (let i = 0; i < 5000; i += 100) {
      const link = find(store, i);
      assert.ok('unavailable' in link || (link.found && link.status === 'green'), JSON.stringify(link));
    }
    assert.ok(isUnavailable(store));
  });

  test('another schema, another kind of database, no database, another key: each is named', context => {
    const whyAfter = (change: (db: Database.Database) => void) => {
      const directory = temporaryDirectory(context);
      writeSmallCache(directory, { persons: 3 });
      const db = new Database(current(directory));
      change(db);
      db.close();
      const { store } = openStore(context, directory);
      assert.ok(isUnavailable(store));
      const described = store.describe();
      return described.usable ? 'usable' : described.why;
    };
    assert.match(
      whyAfter(db => db.pragma('user_version = 9')),
      /schema 9/,
    );
    assert.match(
      whyAfter(db => db.pragma('application_id = 1')),
      /not a link cache/,
    );
    assert.match(
      whyAfter(db => db.exec(`UPDATE feed SET key_id = 'k9'`)),
      /k9/,
    );
    assert.match(
      whyAfter(db => db.exec('DELETE FROM feed')),
      /feed row/,
    );
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons: 3 });
    writeFileSync(current(directory), 'hello '.repeat(2000));
    const { store } = openStore(context, directory);
    assert.ok(isUnavailable(store));
  });

  test('another key under the same name is noticed, instead of finding nobody', context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons: 3 });
    const { store } = openStore(context, directory, [{ ...key, key: Buffer.alloc(32, 8) }]);
    assert.ok(isUnavailable(store));
  });

  test('locked by another process: reading goes on', context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons: 3 });
    const { store, damaged } = openStore(context, directory);
    const locker = new Database(current(directory));
    context.after(() => locker.close());
    locker.exec('BEGIN EXCLUSIVE');
    assert.is(statusIn(store), 'green');
    store.lookAfter();
    assert.is(statusIn(store), 'green');
    assert.is(statusIn(openStore(context, directory).store), 'green', 'also when it is opened meanwhile');
    assert.equal(damaged, []);
  });

  test('a generation under another key that comes between token and look-up: not "not found"', context => {
    const directory = temporaryDirectory(context);
    const other: FleetKey = { id: 'k2', key: Buffer.alloc(32, 9) };
    writeSmallCache(directory, { persons: 3, statusOf: () => 'green' });
    const { store } = openStore(context, directory, [other, key]);
    const token = store.tokenOf('t-union', account(1));
    setAll(directory, 3, 2, 'red');
    writeSmallCache(directory, { persons: 3, version: 3, under: other, statusOf: () => 'red' });
    assert.ok('unavailable' in store.find(token));
    assert.is(statusIn(store), 'red');
  });

  test('opens under any key it holds and uses that key for tokens', context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons: 3 });
    const { store } = openStore(context, directory, [{ id: 'k2', key: Buffer.alloc(32, 9) }, key]);
    assert.is('found' in find(store, 1), true);
  });
});
