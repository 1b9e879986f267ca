/** A cache on media that cannot be written answers, whoever closed it last. */
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openGeneration } from '../../../sync/cache/generation.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { ext4Disk, mountExt4Disk, mountSmallDisk, remount, smallDisk } from '../../small-disk.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { current, key, openStore, setAll, statusIn, writeSmallCache } from './small-cache.ts';

const persons = 3;

/** Whoever wrote last had it open alone. */
function writeAlone(directory: string): void {
  writeSmallCache(directory, { persons, statusOf: () => 'red' });
  setAll(directory, persons, 2, 'green');
}

function removeSideFiles(directory: string, which = /-(wal|shm)$/): void {
  for (const name of readdirSync(directory)) if (which.test(name)) rmSync(join(directory, name));
}

/** How the directory came to be as it is; each says green. */
const histories: Record<string, (directory: string, context: TestContext) => void> = {
  'delivered as files': directory => writeSmallCache(directory, { persons, statusOf: () => 'green' }),
  'delivered as files, the database alone'(directory) {
    writeSmallCache(directory, { persons, statusOf: () => 'green' });
    removeSideFiles(directory);
  },
  'delivered as files, with an empty log alone'(directory) {
    writeSmallCache(directory, { persons, statusOf: () => 'green' });
    removeSideFiles(directory, /-shm$/);
  },
  'written last': directory => writeAlone(directory),
  'read last'(directory) {
    writeAlone(directory);
    openGeneration(current(directory), [key], { readonly: true }).db.close();
  },
  'cut off while it was written, changes in the log'(directory, context) {
    const elsewhere = temporaryDirectory(context);
    writeSmallCache(elsewhere, { persons, statusOf: () => 'red' });
    const reader = openGeneration(current(elsewhere), [key], { readonly: true });
    context.after(() => reader.db.close());
    setAll(elsewhere, persons, 2, 'green');
    cpSync(elsewhere, directory, { recursive: true });
  },
};

suite('read-only media', test => {
  for (const [history, make] of Object.entries(histories)) {
    test.needing(smallDisk, `${history}: it is read`, context => {
      const directory = temporaryDirectory(context);
      mountSmallDisk(directory, context);
      make(directory, context);
      remount(directory, 'ro');
      const { store, damaged } = openStore(context, directory);
      assert.is(statusIn(store), 'green', JSON.stringify(store.describe()));
      store.lookAfter();
      assert.is(statusIn(store), 'green');
      assert.equal(damaged, []);
    });
  }

  test.needing(smallDisk, 'writable again: what is written is noticed', async context => {
    const directory = temporaryDirectory(context);
    mountSmallDisk(directory, context);
    writeAlone(directory);
    removeSideFiles(directory);
    remount(directory, 'ro');
    const { store } = openStore(context, directory);
    assert.is(statusIn(store), 'green');
    remount(directory, 'rw');
    setAll(directory, persons, 3, 'yellow');
    await until('the new status', () => statusIn(store) === 'yellow');
  });

  test.needing(ext4Disk, 'an ext4 that breaks down while it is read, and is read anew', context => {
    const directory = temporaryDirectory(context);
    const disk = mountExt4Disk(directory, context);
    writeAlone(directory);
    const { store, damaged } = openStore(context, directory);
    disk.breakDown();
    assert.is(statusIn(store), 'green');
    assert.is(statusIn(openStore(context, directory).store), 'green');
    assert.equal(damaged, []);
  });
});
