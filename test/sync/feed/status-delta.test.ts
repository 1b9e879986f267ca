/** Status deltas give back their changes; merged they do what they did one after the other. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  decodeStatusDelta,
  encodeStatusDelta,
  mergeStatusDeltas,
  type StatusChanges,
} from '../../../sync/feed/status-delta.ts';
import { suite } from '../../harness.ts';
import { statusChanges } from './arbitrary.ts';
import { assertFeedError, assertLengthMatters, assertSafe } from './damage.ts';

const decoded = (raw: Buffer) => decodeStatusDelta(raw, 'test');

function changes(...pairs: readonly (readonly [slot: number, value: number])[]): StatusChanges {
  return {
    slots: Uint32Array.from(pairs, ([slot]) => slot),
    values: Uint8Array.from(pairs, ([, value]) => value),
  };
}

/** A delta of one gap, in the bytes given. */
function withGaps(count: number, gaps: readonly number[]): Buffer {
  const header = Buffer.from([0x44, 1, 0, 0, count, 0, 0, 0, gaps.length, 0, 0, 0]);
  return Buffer.concat([header, Buffer.from(gaps), Buffer.alloc(Math.ceil(count / 2))]);
}

suite('feed: status delta', test => {
  test('gives back its changes', () => {
    fc.assert(
      fc.property(statusChanges, drawn => assert.equal(decoded(encodeStatusDelta(drawn)), drawn)),
      { numRuns: 300 },
    );
    for (const few of [changes(), changes([0, 15]), changes([2 ** 31 - 1, 1]), changes([0, 1], [1, 2])]) {
      assert.equal(decoded(encodeStatusDelta(few)), few);
    }
  });

  test('any bit flipped, any bytes at their largest, cut anywhere', () => {
    const raw = encodeStatusDelta(changes([0, 1], [5, 3], [300, 4], [2 ** 30, 2], [2 ** 31 - 1, 1]));
    assertSafe(raw, decoded);
    assertLengthMatters(raw, decoded);
  });

  test('slots out of order, beyond 31 bits, in endless bytes, too many or too few are refused', () => {
    const refused = [
      withGaps(2, [1, 0]),
      withGaps(1, [0x80, 0x80, 0x80, 0x80, 0x08]),
      withGaps(1, [0xff, 0xff, 0xff, 0xff, 0xff]),
      withGaps(1, [0x80, 0x80, 0x80, 0x80, 0x80, 0x00]),
      withGaps(1, [0x80]),
      withGaps(2, [1]),
      withGaps(1, [1, 1]),
      withGaps(0, [1]),
    ];
    for (const raw of refused) assertFeedError(() => decoded(raw), /slot numbers/);
    assert.equal(decoded(withGaps(1, [0x80, 0x80, 0x80, 0x80, 0x04])), changes([2 ** 30, 0]));
  });

  test('merged, they do what they do one after the other', () => {
    const overlapping = fc
      .uniqueArray(fc.tuple(fc.nat(15), fc.nat(15)), { selector: ([slot]) => slot, maxLength: 10 })
      .map(pairs => changes(...pairs.toSorted(([a], [b]) => a - b)));
    const apply = (before: readonly number[], { slots, values }: StatusChanges) => {
      const after = [...before];
      slots.forEach((slot, i) => {
        after[slot] = values[i] ?? 0;
      });
      return after;
    };
    fc.assert(
      fc.property(fc.array(overlapping, { maxLength: 6 }), deltas => {
        const before: number[] = Array(16).fill(9);
        const merged = decoded(encodeStatusDelta(mergeStatusDeltas(deltas)));
        assert.equal(apply(before, merged), deltas.reduce(apply, before));
      }),
      { numRuns: 300 },
    );
  });
});
