/** Partition files give back their links; damage is told or read, nothing worse. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type Links, noSlot, slotOf } from '../../../sync/feed/links.ts';
import { decodePartition, encodePartition } from '../../../sync/feed/partition.ts';
import { suite } from '../../harness.ts';
import { numberedLinks } from './arbitrary.ts';
import { assertFeedError, assertLengthMatters, assertSafe } from './damage.ts';

const file = { sha256: 'test' };
const decoded = (partition: number, raw: Buffer) => decodePartition(raw, partition, file);
const headerBytes = 12;

function links(tokens: readonly bigint[], slots: readonly number[]): Links {
  return { tokens: BigUint64Array.from(tokens), slots: Uint32Array.from(slots) };
}

/** Three persons in partition 3, of whom one has a second medium; and a further one of somebody of partition 1. */
const start = 3n << 56n;
const small = links(
  [start, start + 7n, start + 900n, start + 2n ** 40n, start + 2n ** 56n - 1n],
  [slotOf(3, 0), slotOf(3, 1), slotOf(3, 0), slotOf(3, 2), slotOf(1, 77)],
);

suite('feed: partition', test => {
  test('gives back its links, first media and further ones', () => {
    const drawn = fc.nat(255).chain(partition => numberedLinks(partition).map(all => ({ partition, all })));
    fc.assert(
      fc.property(drawn, ({ partition, all }) => {
        assert.equal(decoded(partition, encodePartition(partition, all)), all);
      }),
      { numRuns: 300 },
    );
  });

  test('only further media name a slot', () => {
    const size = (all: Links) => encodePartition(3, all).length;
    const single = links([start, start + 1n], [slotOf(3, 0), slotOf(3, 1)]);
    const shared = links([start, start + 1n], [slotOf(3, 0), slotOf(3, 0)]);
    assert.is(size(single), headerBytes + 2 * 2);
    assert.is(size(shared), size(single) + 4);
    assert.is(encodePartition(3, small).readUInt32LE(8), 2);
  });

  test('none', () => {
    assert.equal(decoded(9, encodePartition(9, links([], []))), links([], []));
  });

  test('any bit flipped, any bytes at their largest, cut anywhere', () => {
    const raw = encodePartition(3, small);
    assert.equal(decoded(3, raw), small);
    assertSafe(raw, bytes => decoded(3, bytes));
    assertLengthMatters(raw, bytes => decoded(3, bytes));
  });

  test('is of its own partition and stays in its key range', () => {
    const raw = encodePartition(3, small);
    assertFeedError(() => decoded(4, raw), /is partition 3/);
    const leaving = encodePartition(3, links([start + 2n ** 56n], [slotOf(3, 0)]));
    assertFeedError(() => decoded(3, leaving), /leaves its key range/);
  });

  test('a slot that stands for "taken away", or is none at all, is refused', () => {
    for (const slot of [noSlot, noSlot + 1, 2 ** 32 - 1]) {
      const raw = encodePartition(3, links([start, start + 1n], [slotOf(3, 0), slot]));
      assertFeedError(() => decoded(3, raw), /slot/);
    }
  });

  test('another kind, another version of the format, no or too many low bytes', () => {
    const raw = encodePartition(3, small);
    const changed = (at: number, byte: number) => {
      const copy = Buffer.from(raw);
      copy[at] = byte;
      return copy;
    };
    assertFeedError(() => decoded(3, changed(0, 'S'.charCodeAt(0))), /kind "S"/);
    assertFeedError(() => decoded(3, changed(1, 2)), /version 2/);
    for (const lowBytes of [0, 9, 255]) assertFeedError(() => decoded(3, changed(3, lowBytes)), /low bytes/);
  });
});
