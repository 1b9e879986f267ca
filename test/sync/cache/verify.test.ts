/** Every row of the generation in use compared with what was announced, in a thread, when somebody asks. */
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { readPointer } from '../../../sync/cache/directory.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { current, openStore, statusIn, writeSmallCache } from './small-cache.ts';

const never = new AbortController().signal;

suite('link store: verified', test => {
  test('whole: it is named; while it is looked through, taps are answered', async context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons: 50, statusOf: () => 'green' });
    const { store, damaged } = openStore(context, directory);
    const verifying = store.verify(never);
    assert.is(statusIn(store), 'green');
    await store.verify(never).then(
      () => assert.unreachable(),
      error => assert.match(error.message, 'already'),
    );
    assert.equal(await verifying, { generation: readPointer(directory)?.current });
    assert.equal(damaged, []);
  });

  test('a row that is gone is damage: it is told, and the generation before is used', async context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons: 50, statusOf: () => 'green' });
    writeSmallCache(directory, { persons: 50, version: 2, statusOf: () => 'red' });
    const db = new Database(current(directory));
    db.exec('DELETE FROM link WHERE rowid = (SELECT max(rowid) FROM link)');
    db.close();
    const { store, damaged } = openStore(context, directory);
    assert.is(statusIn(store), 'red');
    const newest = readPointer(directory)?.current ?? '';
    const verified = await store.verify(never);
    assert.is(verified?.generation, newest);
    assert.match(verified?.damage ?? '', /holds other links than announced/);
    assert.match(damaged[0] ?? '', newest);
    assert.is(statusIn(store), 'green');
  });

  test('given up, and where there is nothing', async context => {
    const directory = temporaryDirectory(context);
    const { store } = openStore(context, directory);
    assert.is(await store.verify(never), undefined);
    await store.verify(AbortSignal.abort()).then(
      () => assert.unreachable(),
      error => assert.match(error.message, 'given up'),
    );
  });
});
