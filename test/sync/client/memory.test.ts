/** What a sync remembers, and that two of them never work on one cache. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { lockCache, openMemory, writeMemory } from '../../../sync/client/memory.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { assertFeedError } from '../feed/damage.ts';

const memoryModule = new URL('../../../sync/client/memory.js', import.meta.url).href;

/** A process that holds the lock until it is killed. */
async function lockElsewhere({ after }: TestContext, directory: string) {
  const program = `
    const { lockCache } = await import(process.argv[1]);
    const unlock = lockCache(process.argv[2]);
    process.stdout.write('locked');
    setInterval(() => unlock, 1000);
  `;
  const args = ['--input-type=module', '-e', program, memoryModule, directory];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  after(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

suite('feed client: lock', test => {
  test('one at a time, and again once it is let go', context => {
    const directory = join(temporaryDirectory(context), 'made', 'here');
    const unlock = lockCache(directory);
    assertFeedError(() => lockCache(directory), /another sync is at work/);
    unlock();
    lockCache(directory)();
  });

  test('caches do not lock each other', context => {
    const directory = temporaryDirectory(context);
    const unlock = lockCache(join(directory, 'a'));
    lockCache(join(directory, 'b'))();
    unlock();
  });

  test('another process locks it too, and lets go however it ends', async context => {
    const directory = temporaryDirectory(context);
    const child = await lockElsewhere(context, directory);
    assertFeedError(() => lockCache(directory), /another sync is at work/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const unlock = await until('the lock is free', () => lockCache(directory));
    unlock();
  });

  test('what a failing disk has made of the lock’s file keeps nobody from syncing', context => {
    const directory = temporaryDirectory(context);
    for (const content of ['', 'x'.repeat(20_000), 'SQLite format 3\0'.padEnd(5000, '\0')]) {
      writeFileSync(join(directory, 'lock.sqlite'), content);
      const unlock = lockCache(directory);
      assertFeedError(() => lockCache(directory), /another sync is at work/);
      unlock();
    }
  });
});

suite('feed client: memory', test => {
  const memory = { highestVersion: 12, rootSha256: 'root' };

  test('what was written is read', context => {
    const directory = temporaryDirectory(context);
    writeMemory(directory, memory);
    assert.equal(openMemory(directory, 'root'), { ...memory, sameRoot: true });
    writeMemory(directory, { highestVersion: 13, rootSha256: 'root' });
    assert.equal(openMemory(directory, 'root'), { highestVersion: 13, rootSha256: 'root', sameRoot: true });
  });

  test('of another root it counts for nothing', context => {
    const directory = temporaryDirectory(context);
    writeMemory(directory, memory);
    const other = { highestVersion: 0, rootSha256: 'another', sameRoot: false };
    assert.equal(openMemory(directory, 'another'), other);
  });

  test('none, or one that cannot be read, is a blank one', context => {
    const directory = temporaryDirectory(context);
    const blank = { highestVersion: 0, rootSha256: 'root', sameRoot: true };
    assert.equal(openMemory(directory, 'root'), blank);
    const whole = JSON.stringify(memory);
    const wrong = ['', 'null', '[]', '{}', whole.slice(0, -1), '\0'.repeat(100), whole.replace('12', '-1')];
    for (const content of [...wrong, whole.replace('12', '"12"'), whole.replace('"root"', '5')]) {
      writeFileSync(join(directory, 'seen.json'), content);
      assert.equal(openMemory(directory, 'root'), blank, content);
    }
  });

  test('a feed of which nothing ever came is another feed under another root', context => {
    const directory = temporaryDirectory(context);
    openMemory(directory, 'root');
    assert.is(openMemory(directory, 'another').sameRoot, false);
  });
});
