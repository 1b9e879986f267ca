/** Generations are damaged: what is whole is used, what is not is replaced from the feed, nobody is wrongly green. */
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { createRandom, type Random } from '../../../../sim/media/random.ts';
import { suite, telling } from '../../../harness.ts';
import { status } from './faults.ts';
import type { TestFeed } from './test-feed.ts';
import {
  assertArrives,
  assertNothingWrong,
  assertServes,
  assertWhole,
  refusalOf,
  replaceGeneration,
  type TestValidator,
} from './test-validator.ts';
import { withTwoGenerations } from './two-generations.ts';

const change = (path: string, how: (bytes: Buffer) => void) => {
  const bytes = readFileSync(path);
  how(bytes);
  writeFileSync(path, bytes);
};

const damages: Record<string, (path: string) => void> = {
  gone: path => rmSync(path),
  empty: path => truncateSync(path, 0),
  'cut short': path => truncateSync(path, 40_000),
  'cut by a byte': path => truncateSync(path, readFileSync(path).length - 1),
  'another header': path => change(path, bytes => void bytes.write('Not SQLite format')),
  'another application': path => change(path, bytes => void bytes.writeUInt32BE(1, 68)),
  'another schema': path => change(path, bytes => void bytes.writeUInt32BE(99, 60)),
  'zeroes from the second page on': path => change(path, bytes => void bytes.fill(0, 4096)),
  'noise in every page': path =>
    change(path, bytes => {
      for (let at = 100; at < bytes.length; at += 64) bytes[at] = (bytes[at] ?? 0) ^ 0x55;
    }),
};

suite('damaged generations', test => {
  test('the generation in use is damaged: the one before is read, a sync replaces it', async context => {
    const { feed, server, pointer, validator } = await withTwoGenerations(context);
    for (const [name, damage] of Object.entries(damages)) {
      const one = validator();
      damage(join(one.directory, pointer.current));
      assertServes(one, feed, 5);
      const end = server.inject(/^files\//, status(503));
      assert.match(await refusalOf(one), /status 503/, name);
      end();
      assertServes(one, feed, 5);
      await assertArrives(one, feed, 7);
    }
  });

  test('both are damaged: unavailable, until a sync has come', async context => {
    const { feed, pointer, validator } = await withTwoGenerations(context);
    for (const damage of Object.values(damages)) {
      const one = validator();
      for (const file of [pointer.current, pointer.previous]) damage(join(one.directory, file));
      assertServes(one, feed, undefined);
      await assertArrives(one, feed, 7);
    }
  });

  test('the pointer is damaged or missing: the newest generation is in use', async context => {
    const { feed, server, validator } = await withTwoGenerations(context);
    for (const text of [
      undefined,
      '',
      '{',
      '{"current":"../links-9-1.sqlite","previous":null}',
      '\0\0\0\0',
    ]) {
      const one = validator();
      const file = join(one.directory, 'current.json');
      if (text === undefined) rmSync(file);
      else writeFileSync(file, text);
      assertServes(one, feed, 7);
      server.directory = feed.publicAt(7);
      await assertArrives(one, feed, 7);
      server.directory = feed.places.public;
      await assertArrives(one, feed, 8);
    }
  });

  test('all of a table is lost: noticed by the delta that needs it, and had anew', async context => {
    const { feed, server, pointer, validator } = await withTwoGenerations(context);
    server.directory = feed.places.public;
    for (const table of ['link', 'change', 'status']) {
      const one = validator();
      loseTable(join(one.directory, pointer.current), table);
      assertNothingWrong(one, feed, 'not found');
      assert.is((await assertArrives(one, feed, 8)).previousVersion, 7);
    }
  });

  test('bits flipped anywhere in it: right or unavailable; told of it, a sync replaces it', async context => {
    const { feed, server, pointer, validator } = await withTwoGenerations(context);
    server.directory = feed.places.public;
    const seed = Math.floor(Math.random() * 2 ** 32);
    const random = createRandom(seed);
    for (let round = 0; round < 20; round++) {
      const one = validator();
      const flips = flipBits(
        join(one.directory, pointer.current),
        random,
        1 + Math.floor(random.next() * 30),
      );
      await telling(`seed ${seed}, round ${round}, flips ${flips}`, async () => {
        // A damaged token is somebody else's: only the check of a whole partition tells that one is missing.
        assertNothingWrong(one, feed, 'not found');
        assert.match(await refusalOf(one), /^not refused/);
        assertNothingWrong(one, feed, 'not found');
        if (!isWhole(one, feed)) await replaceGeneration(one, server.url);
        assertWhole(one, feed, 8);
      });
    }
  });
});

function isWhole(validator: TestValidator, feed: TestFeed): boolean {
  try {
    assertWhole(validator, feed, feed.version);
    return true;
  } catch {
    return false;
  }
}

/** Its pages read as zeroes, as blocks that a disk has given up. */
function loseTable(path: string, table: string): void {
  const db = new Database(path, { readonly: true });
  const pages = db.prepare<[string], number>('SELECT pageno FROM dbstat WHERE name = ?').pluck().all(table);
  const pageBytes = Number(db.pragma('page_size', { simple: true }));
  db.close();
  assert.ok(pages.length > 0);
  change(path, bytes => {
    for (const page of pages) bytes.fill(0, (page - 1) * pageBytes, page * pageBytes);
  });
}

function flipBits(path: string, random: Random, count: number): string {
  const flips: string[] = [];
  change(path, bytes => {
    for (let i = 0; i < count; i++) {
      const at = Math.floor(random.next() * bytes.length);
      const bit = Math.floor(random.next() * 8);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      flips.push(`${at}:${bit}`);
    }
  });
  return flips.join(' ');
}
