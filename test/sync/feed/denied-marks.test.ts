/** Marks of denied media among links, and what a list of half a million costs on the wire. */
import { createHash, randomFillSync } from 'node:crypto';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { createContentCipher, sealFile } from '../../../sync/feed/content-cipher.ts';
import { countMarks, deniedSlot, markOf, withMarks, withoutMarks } from '../../../sync/feed/denied-marks.ts';
import { packFile } from '../../../sync/feed/feed-file.ts';
import { encodeLinkDelta } from '../../../sync/feed/link-delta.ts';
import { type Links, noSlot, partitionsOf, slotOf } from '../../../sync/feed/links.ts';
import { decodePartition, encodePartition } from '../../../sync/feed/partition.ts';
import { suite } from '../../harness.ts';
import { lastToken, tokensOf } from './arbitrary.ts';

const tokens = tokensOf(0n, lastToken, 60);
const noLinks: Links = { tokens: new BigUint64Array(0), slots: new Uint32Array(0) };
/** By their places in each partition, as a snapshot numbers them. */
function numbered(sorted: BigUint64Array): Links {
  const locals = new Uint32Array(256);
  const slots = Uint32Array.from(sorted, token => {
    const partition = Number(token >> 56n);
    const local = locals[partition] ?? 0;
    locals[partition] = local + 1;
    return slotOf(partition, local);
  });
  return { tokens: sorted, slots };
}

function drawn(count: number): BigUint64Array {
  const found = new BigUint64Array(count);
  randomFillSync(new Uint8Array(found.buffer));
  return found.sort();
}

const cipher = createContentCipher({ id: 'k', key: createHash('sha256').update('k').digest() });
const onTheWire = (raw: Buffer, kind: 'noise' | 'runs') =>
  sealFile(packFile(raw, kind), cipher, 'test').length;
const snapshotBytes = (links: Links) =>
  partitionsOf(links).reduce((sum, part, i) => {
    return part.slots.length === 0 ? sum : sum + onTheWire(encodePartition(i, part), 'noise');
  }, 0);

suite('feed: marks of denied media', test => {
  test('stand among the links in order, but where there is a link; taken out, the links are as they were', () => {
    fc.assert(
      fc.property(tokens, tokens, (linked, denied) => {
        const links = numbered(linked);
        const marked = withMarks(links, denied);
        const expected = new Map([
          ...Array.from(denied, token => [token, deniedSlot] as const),
          ...Array.from(linked, (token, i) => [token, links.slots[i] ?? noSlot] as const),
        ]);
        const inOrder = [...expected].sort(([a], [b]) => (a < b ? -1 : 1));
        assert.equal(
          [...marked.tokens],
          inOrder.map(([token]) => token),
        );
        assert.equal(
          [...marked.slots],
          inOrder.map(([, slot]) => slot),
        );
        assert.is(countMarks(marked.slots), expected.size - linked.length);
        assert.equal(withoutMarks(marked), links);
      }),
      { numRuns: 300 },
    );
  });

  test('lead from the medium to its mark and back, in one partition', () => {
    for (const token of [0n, 1n, 2n ** 63n, 2n ** 64n - 1n, (7n << 56n) - 1n]) {
      assert.is(markOf(markOf(token)), token);
      assert.is(markOf(token) >> 56n, token >> 56n);
      assert.is.not(markOf(token), token);
    }
  });

  test('come through a partition file, which numbers the persons as without them', () => {
    const links = numbered(BigUint64Array.of(5n, 9n, 2n ** 40n));
    const marked = withMarks(links, BigUint64Array.of(4n, 7n, 2n ** 50n));
    assert.equal(decodePartition(encodePartition(0, marked), 0, { sha256: 'test' }), marked);
  });

  test('half a million take at most 9 bytes each on the wire, alone or with links; a delta of a thousand 8 kB', () => {
    const list = drawn(500_000);
    for (const links of [noLinks, numbered(drawn(200_000))]) {
      const bytes = snapshotBytes(withMarks(links, list)) - snapshotBytes(links);
      assert.ok(
        bytes / list.length <= 9,
        `${bytes / list.length} bytes each beside ${links.slots.length} links`,
      );
    }
    const few = list.filter((_, i) => i % 500 === 0);
    for (const slot of [deniedSlot, noSlot]) {
      const changes = { tokens: few, slots: new Uint32Array(few.length).fill(slot) };
      const bytes = onTheWire(encodeLinkDelta(changes), 'runs');
      assert.ok(bytes <= 8000, `${bytes} bytes for ${few.length} changes`);
    }
  });
});
