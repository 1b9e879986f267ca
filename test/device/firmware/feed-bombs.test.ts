/** Signed files that are made to hold a validator up: passengers are answered beside them, from what was there before. */
import * as assert from 'uvu/assert';
import { suite } from '../../harness.ts';
import { type Bomb, plant } from '../../sync/client/faults/plant.ts';
import { startFedStand } from './fed-stand.ts';

const mega = 1 << 20;
const bombs: readonly (readonly [what: string, bomb: Bomb, told: string, why: RegExp])[] = [
  ['a policy of 1 MB of brackets', { policy: '['.repeat(mega) }, 'feed-text-refused', /at most/],
  ['a policy of brackets', { policy: '['.repeat(30_000) }, 'feed-text-refused', /deep/],
  ['lines of brackets', { lines: '['.repeat(mega) }, 'feed-text-refused', /deep/],
  ['an index of 32 MB of brackets', { index: '['.repeat(32 * mega) }, 'feed-refused', /index/],
];

suite('feed: bombs', test => {
  test('taps are answered all the while, by the same process, and the next version is taken', async context => {
    const fed = await startFedStand(context);
    const { stand, dir } = fed;
    await fed.arrives(2);
    const { pid } = stand.post.firmware;
    for (const [what, bomb, told, why] of bombs) {
      const from = stand.log.length;
      plant(dir, bomb);
      const isTold = () =>
        stand.log.slice(from).some(({ event, problem }) => event === told && why.test(String(problem)));
      // Strangers: of the linked there are only so many.
      do assert.is((await stand.tap(stand.crowd.tUnion('none'))).verdict, 'not-found', what);
      while (!isTold());
      assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass', what);
      assert.is((await stand.tap(stand.crowd.tUnion('red'))).verdict, 'abnormal', what);
    }
    await fed.arrives(plant(dir, {}));
    assert.is(stand.post.firmware.pid, pid);
  });
});
