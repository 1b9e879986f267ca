import { writeFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { readPointer } from '../../../sync/cache/directory.ts';
import { nextVersion, writeCache } from '../../../sync/cache/write-cache.ts';
import { setStatus, valueOfStatus } from '../../../sync/feed/statuses.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { contentOf, current, find, openStore, setAll, writeSmallCache } from './small-cache.ts';

suite('written caches', test => {
  test('each has the version after the one before, also where deltas went further than the name', context => {
    const directory = temporaryDirectory(context);
    assert.is(nextVersion(directory), 1);
    writeSmallCache(directory, { persons: 3 });
    assert.is(nextVersion(directory), 2);
    setAll(directory, 3, 41, 'red');
    assert.is(nextVersion(directory), 42);
    writeFileSync(current(directory), 'no database');
    assert.is(nextVersion(directory), 2);
  });

  test('links out of order are refused, and what was in use still is', context => {
    const directory = temporaryDirectory(context);
    writeSmallCache(directory, { persons: 300 });
    const before = readPointer(directory);
    const content = contentOf({ persons: 300, version: 2 });
    content.links.tokens.reverse();
    assert.throws(() => writeCache(directory, content), /order/);
    setStatus(content.statuses, content.links.slots[0] ?? 0, valueOfStatus('red'));
    assert.equal(readPointer(directory), before);
    assert.is('found' in find(openStore(context, directory).store, 1), true);
  });
});
