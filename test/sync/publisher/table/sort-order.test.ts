import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { orderOf } from '../../../../sync/publisher/table/sort-order.ts';
import { suite } from '../../../harness.ts';

function naiveOrder(keys: BigUint64Array): number[] {
  const indices = Array.from(keys, (key, index) => ({ key, index }));
  return indices
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index))
    .map(({ index }) => index);
}

const digit = fc.constantFrom(0n, 1n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0x8000n, 0xffffn);
const key = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.tuple(digit, digit, digit, digit).map(([a, b, c, d]) => (a << 48n) | (b << 32n) | (c << 16n) | d),
);

suite('sort order', test => {
  test('is ascending, and equal keys keep their order', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 300 }), drawn => {
        const keys = BigUint64Array.from(drawn);
        assert.equal([...orderOf(keys)], naiveOrder(keys));
        assert.equal(keys, BigUint64Array.from(drawn));
      }),
    );
  });

  test('is that of so many, too, that they are sorted by larger digits', () => {
    fc.assert(
      fc.property(fc.array(key, { minLength: 4096, maxLength: 4200 }), drawn => {
        const keys = BigUint64Array.from(drawn);
        assert.equal(orderOf(keys), Uint32Array.from(naiveOrder(keys)));
      }),
      { numRuns: 3 },
    );
  });

  test('of keys within a larger buffer', () => {
    const keys = BigUint64Array.of(0n, 5n, 2n ** 63n, 3n, 1n).subarray(1, 4);
    assert.equal([...orderOf(keys)], [2, 0, 1]);
  });
});
