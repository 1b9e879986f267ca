/**
 * What kill -9 would leave right before and right after each file that a sync puts in place: the next one goes on from what is
 * there, and leaves nothing over. The cache's directory is copied at those moments, for what a killed process leaves is what
 * lies there; `killed.test.ts` really kills.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { TestContext } from '../../../harness.ts';
import { suite, telling } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { serveFaulty } from './faulty-server.ts';
import { copyOfFeed } from './test-feed.ts';
import {
  assertArrives,
  assertServes,
  assertTidy,
  createValidator,
  newValidator,
  versionOf,
} from './test-validator.ts';

type Moment = 'before' | 'after';

/** Every file that counts is written aside and gets its name in the end. @param at called right before and after that */
async function watchingRenamings(at: (moment: Moment) => void, sync: () => Promise<unknown>): Promise<void> {
  const { renameSync } = fs;
  fs.renameSync = (from, to) => {
    at('before');
    renameSync(from, to);
    at('after');
  };
  syncBuiltinESMExports();
  try {
    await sync();
  } finally {
    fs.renameSync = renameSync;
    syncBuiltinESMExports();
  }
}

/** @returns how many steps there were, each of which left two states */
async function killAtEachStep(context: TestContext, from: number | undefined, to: number): Promise<number> {
  const feed = copyOfFeed(context);
  const server = await serveFaulty(context, feed.publicAt(from ?? to));
  const first = newValidator(context, feed, server.url);
  if (from !== undefined) await assertArrives(first, feed, from);
  server.directory = feed.publicAt(to);
  const copies = temporaryDirectory(context);
  const steps = { before: 0, after: 0 };
  const left: (readonly [name: string, directory: string])[] = [];
  const copy = (moment: Moment) => {
    const name = `${moment} step ${++steps[moment]}`;
    const directory = join(copies, name);
    // A process of its own: a file that this one opens and closes loses the locks that SQLite has on it here.
    execFileSync('cp', ['-r', first.directory, directory]);
    left.push([name, directory]);
  };
  await watchingRenamings(copy, () => first.sync());
  assert.is(versionOf(first), to);
  assert.is(steps.after, steps.before);
  for (const [name, directory] of left) {
    await telling(name, async () => {
      const validator = createValidator(feed, server.url, directory);
      const served = versionOf(validator);
      assert.ok([from, to].includes(served), `${served} is served`);
      assertServes(validator, feed, served);
      await assertArrives(validator, feed, to);
      assertTidy(validator, feed, to);
    });
  }
  return steps.before;
}

suite('killed at each step', test => {
  test('from nothing, to a version with deltas after its snapshot', async context => {
    assert.ok((await killAtEachStep(context, undefined, 8)) >= 20);
  });

  test('from the version before, by a snapshot, most of which is here', async context => {
    assert.ok((await killAtEachStep(context, 5, 6)) >= 10);
  });

  test('from the version before, by deltas', async context => {
    assert.ok((await killAtEachStep(context, 7, 8)) >= 5);
  });
});
