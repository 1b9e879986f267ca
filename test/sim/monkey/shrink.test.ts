import * as assert from 'uvu/assert';
import { shrink } from '../../../sim/monkey/shrink.ts';
import { suite } from '../../harness.ts';

const hundred = Array.from({ length: 100 }, (_, i) => i);

suite('shrinking', test => {
  test('finds the few that matter, in their order, wherever they stand', async () => {
    for (const needed of [[99], [0], [3, 50, 98], [10, 11, 12, 13], hundred.slice(0, 9)]) {
      const shrunk = await shrink(
        hundred,
        async items => needed.every(each => items.includes(each)),
        () => true,
      );
      assert.equal(shrunk, needed);
    }
  });

  test('stops when the time is over, with what still fails', async () => {
    let tries = 0;
    const shrunk = await shrink(
      hundred,
      async items => {
        tries++;
        return items.includes(1) && items.includes(90);
      },
      () => tries < 8,
    );
    assert.is(tries, 8);
    assert.ok(shrunk.includes(1) && shrunk.includes(90));
  });
});
