import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { type Status, statuses } from '../../device/core/check.ts';
import type { LinkStore, LinkStoreState } from '../../device/ports.ts';
import { type FleetKey, readFleetKeys, tokenOf } from '../../sync/fleet-keys.ts';
import { openLinkStore } from '../../sync/link-store.ts';
import { writeLinkFile } from '../../sync/link-writer.ts';
import { suite, type TestContext, until } from '../harness.ts';
import { temporaryDirectory } from '../temporary.ts';

const key: FleetKey = { id: 'k1', key: Buffer.alloc(32, 7) };
const account = (i: number) => `31051${String(i).padStart(14, '0')}`;
const asOf = 1_654_000_000_000;

function write(
  path: string,
  persons: number,
  statusOf: (i: number) => Status = i => statuses[i % 5] ?? 'unknown',
) {
  const links = Array.from({ length: persons }, (_, i) => ({
    token: tokenOf(key, 't-union', account(i)),
    slot: i,
  }));
  const all = links.map(({ slot }) => statusOf(slot));
  writeLinkFile(path, { keyId: key.id, linksAsOf: asOf, statusAsOf: asOf + 1, links, statuses: all });
}

function open(context: TestContext, path: string, keys: readonly [FleetKey, ...FleetKey[]] = [key]) {
  const states: LinkStoreState[] = [];
  const store = openLinkStore(path, keys, state => states.push(state));
  context.after(() => store.close());
  return { store, states };
}

const find = (store: LinkStore, i: number) => store.find(store.tokenOf('t-union', account(i)));
const isUnavailable = (store: LinkStore) => 'unavailable' in find(store, 1);

suite('link store', test => {
  test('finds every link with its status, over several status pages, and no other', context => {
    const path = join(temporaryDirectory(context), 'links');
    write(path, 20_000);
    const { store, states } = open(context, path);
    for (let i = 0; i < 20_000; i += 7) {
      assert.equal(find(store, i), {
        found: true,
        status: statuses[i % 5],
        linksAsOf: asOf,
        statusAsOf: asOf + 1,
      });
    }
    assert.equal(find(store, 20_000), { found: false, linksAsOf: asOf });
    assert.equal(store.find(store.tokenOf('bmac', account(1))), { found: false, linksAsOf: asOf });
    assert.equal(states, [
      { usable: true, links: 20_000, slots: 20_000, keyId: 'k1', linksAsOf: asOf, statusAsOf: asOf + 1 },
    ]);
  });

  test('a status outside the known ones, or a slot outside the array, is unknown', context => {
    const path = join(temporaryDirectory(context), 'links');
    write(path, 4, () => 'green');
    const db = new Database(path);
    db.prepare('UPDATE status SET nibbles = ?').run(Buffer.of(0xf1));
    db.prepare('UPDATE feed SET slots = 1').run();
    db.close();
    const { store } = open(context, path);
    const seen = [0, 1, 2, 3]
      .map(i => find(store, i))
      .map(link => 'found' in link && link.found && link.status);
    assert.equal(seen, ['green', 'unknown', 'unknown', 'unknown']);
  });

  test('a missing file is unavailable, and taken up when it comes', async context => {
    const path = join(temporaryDirectory(context), 'links');
    const { store, states } = open(context, path);
    assert.ok(isUnavailable(store));
    write(path, 3);
    await until('the file is taken up', () => !isUnavailable(store));
    assert.equal(
      states.map(state => state.usable),
      [false, true],
    );
  });

  test('a new file takes the old one’s place; the old one gone means no data', async context => {
    const path = join(temporaryDirectory(context), 'links');
    write(path, 3, () => 'green');
    const { store } = open(context, path);
    write(path, 3, () => 'red');
    const status = () => {
      const link = find(store, 1);
      return 'found' in link && link.found ? link.status : undefined;
    };
    await until('the new status', () => status() === 'red');
    rmSync(path);
    await until('no data', () => isUnavailable(store));
  });

  test('truncated anywhere: unavailable, never "not found"', context => {
    const directory = temporaryDirectory(context);
    const whole = join(directory, 'whole');
    write(whole, 5000);
    const { length } = readFileSync(whole);
    for (const size of [0, 1, 99, 100, 512, 4096, 8192, length >> 1, length - 4096, length - 1]) {
      const path = join(directory, `cut-${size}`);
      copyFileSync(whole, path);
      truncateSync(path, size);
      const { store, states } = open(context, path);
      assert.ok(isUnavailable(store), `cut to ${size}`);
      assert.is(states.at(-1)?.usable, false);
    }
  });

  test('pages overwritten: no look-up says anything but the truth or unavailable; the file is not trusted again', context => {
    const path = join(temporaryDirectory(context), 'links');
    write(path, 5000, () => 'green');
    const bytes = readFileSync(path);
    bytes.fill(0, 4096 * 3);
    writeFileSync(path, bytes);
    const { store } = open(context, path);
    for (let i = 0; i < 5000; i += 100) {
      const link = find(store, i);
      assert.ok('unavailable' in link || (link.found && link.status === 'green'), JSON.stringify(link));
    }
    assert.ok(isUnavailable(store));
  });

  test('another schema, another kind of database, no database, another key: each is named', context => {
    const directory = temporaryDirectory(context);
    const state = (name: string, change: (db: Database.Database) => void) => {
      const path = join(directory, name);
      write(path, 3);
      const db = new Database(path);
      change(db);
      db.close();
      const { store } = open(context, path);
      assert.ok(isUnavailable(store));
      const described = store.describe();
      return described.usable ? 'usable' : described.why;
    };
    assert.match(
      state('schema', db => db.pragma('user_version = 9')),
      /schema 9/,
    );
    assert.match(
      state('kind', db => db.pragma('application_id = 1')),
      /not a link cache/,
    );
    assert.match(
      state('key', db => db.exec(`UPDATE feed SET key_id = 'k9'`)),
      /k9/,
    );
    assert.match(
      state('empty', db => db.exec('DELETE FROM feed')),
      /feed row/,
    );
    const text = join(directory, 'text');
    writeFileSync(text, 'hello '.repeat(2000));
    const { store } = open(context, text);
    assert.ok(isUnavailable(store));
  });

  test('locked by another process: unavailable while it lasts', async context => {
    const path = join(temporaryDirectory(context), 'links');
    write(path, 3);
    const { store } = open(context, path);
    const locker = new Database(path);
    locker.exec('BEGIN EXCLUSIVE');
    assert.ok(isUnavailable(store));
    locker.exec('ROLLBACK');
    locker.close();
    await until('unlocked', () => !isUnavailable(store));
  });

  test('opens under any key it holds and uses that key for tokens', context => {
    const path = join(temporaryDirectory(context), 'links');
    write(path, 3);
    const { store } = open(context, path, [{ id: 'k2', key: Buffer.alloc(32, 9) }, key]);
    assert.is('found' in find(store, 1), true);
  });
});

suite('fleet keys', test => {
  test('reads keys, and names what is wrong without showing any', context => {
    const directory = temporaryDirectory(context);
    const path = join(directory, 'keys.json');
    const secret = 'ab'.repeat(32);
    writeFileSync(path, JSON.stringify({ keys: [{ id: 'a', key: secret }] }));
    assert.equal(readFleetKeys(path)[0], { id: 'a', key: Buffer.from(secret, 'hex') });
    for (const content of [
      `{"keys":[{"id":"a","key":"${secret}0"}]}`,
      `{"keys":[]}`,
      `{"keys": ${secret}`,
      '',
    ]) {
      writeFileSync(path, content);
      try {
        readFleetKeys(path);
        assert.unreachable();
      } catch (error) {
        assert.match(String(error), 'keys.json');
        assert.not.match(String(error), secret);
      }
    }
  });

  test('tokens are 8 bytes of HMAC-SHA-256 over kind and account', () => {
    // printf 't-union3105100000000000001' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…07
    const expected = '8f0c20c5968f6a97';
    assert.is(Buffer.from(tokenOf(key, 't-union', '3105100000000000001')).toString('hex'), expected);
  });
});
