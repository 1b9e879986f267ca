/** Link deltas give back their changes; merged they do what they did one after the other. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  applyLinkDelta,
  decodeLinkDelta,
  encodeLinkDelta,
  mergeLinkDeltas,
} from '../../../sync/feed/link-delta.ts';
import { type Links, noSlot } from '../../../sync/feed/links.ts';
import { suite } from '../../harness.ts';
import { anySlot, lastToken, linkChanges } from './arbitrary.ts';
import { assertFeedError, assertLengthMatters, assertSafe } from './damage.ts';

const decoded = (raw: Buffer) => decodeLinkDelta(raw, { sha256: 'test' });

function links(pairs: readonly (readonly [bigint, number])[]): Links {
  return {
    tokens: BigUint64Array.from(pairs, ([token]) => token),
    slots: Uint32Array.from(pairs, ([, slot]) => slot),
  };
}

function applied(before: ReadonlyMap<bigint, number>, { tokens, slots }: Links): Map<bigint, number> {
  const after = new Map(before);
  tokens.forEach((token, i) => {
    const slot = slots[i];
    if (slot === noSlot || slot === undefined) after.delete(token);
    else after.set(token, slot);
  });
  return after;
}

const inOrder = (map: ReadonlyMap<bigint, number>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

/** Of few tokens, so that several deltas are about the same ones. */
const overlapping: fc.Arbitrary<Links> = fc
  .uniqueArray(fc.tuple(fc.bigInt(0n, 12n), fc.oneof(anySlot, fc.constant(noSlot))), {
    selector: ([token]) => token,
    maxLength: 8,
  })
  .map(pairs => links(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1))));

const small = links([
  [0n, 5],
  [3n, noSlot],
  [2n ** 33n, noSlot - 1],
  [lastToken, noSlot],
]);

suite('feed: link delta', test => {
  test('gives back its changes, of which some take a link away', () => {
    fc.assert(
      fc.property(linkChanges, changes => assert.equal(decoded(encodeLinkDelta(changes)), changes)),
      { numRuns: 300 },
    );
  });

  test('applied to links it adds, replaces and takes away', () => {
    fc.assert(
      fc.property(fc.array(overlapping, { maxLength: 4 }), deltas => {
        const expected = deltas.reduce(applied, new Map<bigint, number>());
        const found = deltas.reduce(applyLinkDelta, links([]));
        assert.equal(found, links(inOrder(expected)));
      }),
      { numRuns: 300 },
    );
  });

  test('none, only added, only taken away', () => {
    for (const pairs of [[], [[7n, 1]], [[7n, noSlot]]] as const) {
      assert.equal(decoded(encodeLinkDelta(links(pairs))), links(pairs));
    }
  });

  test('any bit flipped, any bytes at their largest, cut anywhere', () => {
    const raw = encodeLinkDelta(small);
    assert.equal(decoded(raw), small);
    assertSafe(raw, decoded);
    assertLengthMatters(raw, decoded);
  });

  test('more or fewer slots than added links, or a slot that none can have, is refused', () => {
    const raw = encodeLinkDelta(links([[1n, 5]]));
    const asRemoved = Buffer.from(raw);
    asRemoved[12] = 1;
    assertFeedError(() => decoded(asRemoved), /slots do not fit/);
    const asAdded = encodeLinkDelta(links([[1n, noSlot]]));
    asAdded[12] = 0;
    assertFeedError(() => decoded(asAdded), /slots do not fit/);
    assertFeedError(() => decoded(encodeLinkDelta(links([[1n, noSlot + 1]]))), /slots do not fit/);
  });

  test('merged, they do what they do one after the other', () => {
    fc.assert(
      fc.property(overlapping, fc.array(overlapping, { maxLength: 6 }), (start, deltas) => {
        const before = applied(new Map(), start);
        const merged = decoded(encodeLinkDelta(mergeLinkDeltas(deltas)));
        assert.equal(inOrder(applied(before, merged)), inOrder(deltas.reduce(applied, before)));
      }),
      { numRuns: 300 },
    );
  });
});
