/** What a sync remembers, and that two of them never work on one cache. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { lockCache, openSyncState, writeSyncState } from '../../../sync/client/sync-state.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { assertFeedError } from '../feed/damage.ts';

const memoryModule = new URL('../../../sync/client/sync-state.js', import.meta.url).href;

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
  const [root, another] = ['a'.repeat(64), 'b'.repeat(64)];
  const initial = (rootSha256: string) => ({ rootSha256, rootVersion: 1, signers: 'c'.repeat(64) });
  const memory = { ...initial(root), highestVersion: 12, rootVersion: 3 };
  const blankOf = (rootSha256: string) => ({ ...initial(rootSha256), highestVersion: 0 });

  test('what was written is read', context => {
    const directory = temporaryDirectory(context);
    writeSyncState(directory, memory);
    assert.equal(openSyncState(directory, initial(root)), { ...memory, sameRoot: true });
    const later = { ...memory, highestVersion: 13, timestamp: { etag: '"a"', sha256: another } };
    writeSyncState(directory, later);
    assert.equal(openSyncState(directory, initial(root)), { ...later, sameRoot: true });
  });

  test('of another root it counts for nothing', context => {
    const directory = temporaryDirectory(context);
    writeSyncState(directory, memory);
    const other = { ...blankOf(another), sameRoot: false };
    assert.equal(openSyncState(directory, initial(another)), other);
  });

  test('none, or one that cannot be read, is a blank one', context => {
    const directory = temporaryDirectory(context);
    const blank = { ...blankOf(root), sameRoot: true };
    assert.equal(openSyncState(directory, initial(root)), blank);
    writeSyncState(directory, memory);
    const whole = readFileSync(join(directory, 'seen.json'), 'utf8');
    // A bit flipped in the number, and what an older program wrote.
    const wrong = [
      whole.slice(0, -1),
      whole.replace('12', '92'),
      whole.replace('12', '"12"'),
      JSON.stringify(memory),
    ];
    for (const content of ['', 'null', '[]', '{}', '\0'.repeat(100), ...wrong]) {
      writeFileSync(join(directory, 'seen.json'), content);
      assert.equal(openSyncState(directory, initial(root)), blank, content);
    }
  });

  test('an ETag that no head of a request should hold is forgotten, the rest stays', context => {
    const directory = temporaryDirectory(context);
    for (const etag of ['x'.repeat(9000), 'a b', 'a\n', '']) {
      writeSyncState(directory, { ...memory, timestamp: { etag, sha256: another } });
      assert.equal(openSyncState(directory, initial(root)), {
        ...memory,
        sameRoot: true,
        timestamp: undefined,
      });
    }
  });

  test('a feed of which nothing ever came is another feed under another root', context => {
    const directory = temporaryDirectory(context);
    openSyncState(directory, initial(root));
    assert.is(openSyncState(directory, initial(another)).sameRoot, false);
  });
});
