/** One bit flipped on the way, in every file of the feed in turn: it is noticed, named, and changes nothing. */
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../../sim/media/random.ts';
import { suite } from '../../../harness.ts';
import { flippedBit } from './faults.ts';
import { kindOf } from './feed-paths.ts';
import { newest, type StartingPoint, startFrom } from './starting-points.ts';
import { assertServes, assertWhole, refusalOf } from './test-validator.ts';

/** Hex digits of a signature read the same in upper case; files that no hash in another pins may come so. */
const mayBeHarmless = ['root', 'timestamp'];

async function assertNoticed(
  { feed, server, version, validator, paths }: StartingPoint,
  rounds: number,
): Promise<void> {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = createRandom(seed);
  for (const path of paths.flatMap(one => Array.from({ length: rounds }, () => one))) {
    const byte = Math.floor(random.next() * statSync(join(feed.places.public, path)).size);
    const bit = Math.floor(random.next() * 8);
    const what = `seed ${seed}: ${path}: bit ${bit} of byte ${byte}`;
    const one = validator();
    const end = server.inject(path, flippedBit(byte, bit));
    const refusal = await refusalOf(one);
    end();
    if (refusal.startsWith('not refused')) {
      assert.ok(mayBeHarmless.includes(kindOf(path, feed.truth(newest).index) ?? ''), `${what}: ${refusal}`);
      assertServes(one, feed, newest);
      continue;
    }
    assert.match(refusal, new RegExp(`^FeedError .*${basename(path)}: `), `${what}: ${refusal}`);
    assertServes(one, feed, version);
    await one.sync();
    assertServes(one, feed, newest);
    if (path === paths.at(-1)) assertWhole(one, feed, newest);
  }
}

suite('flipped bits', test => {
  test('in each file on the way by the snapshot', async context => {
    await assertNoticed(await startFrom(context, undefined), 3);
  });

  test('in each file on the way by deltas', async context => {
    const start = await startFrom(context, newest - 1);
    // For the status delta there is another way.
    const status = start.byKind.get('status delta') ?? '';
    await assertNoticed({ ...start, paths: start.paths.filter(path => path !== status) }, 6);
  });
});
