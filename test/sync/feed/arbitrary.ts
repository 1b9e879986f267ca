/** Random tokens, links and statuses for the tests of the feed's format. */
import fc from 'fast-check';
import { type Links, noSlot, slotOf } from '../../../sync/feed/links.ts';
import type { StatusChanges } from '../../../sync/feed/status-delta.ts';
import { createStatuses, type Statuses, setStatus } from '../../../sync/feed/statuses.ts';

export const lastToken = 2n ** 64n - 1n;

/** Ascending tokens of a range, dense or sparse, often with its first and last one. */
export function tokensOf(first: bigint, last: bigint, maxLength = 100): fc.Arbitrary<BigUint64Array> {
  const gaps = fc
    .integer({ min: 1, max: 64 })
    .chain(bits => fc.array(fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n }), { maxLength }));
  return fc.record({ gaps, withFirst: fc.boolean(), withLast: fc.boolean() }).map(drawn => {
    const tokens = drawn.withFirst ? [first] : [];
    for (const gap of drawn.gaps) {
      const before = tokens.at(-1);
      const token = before === undefined ? first + gap : before + 1n + gap;
      if (token <= last) tokens.push(token);
    }
    if (drawn.withLast && tokens.at(-1) !== last) tokens.push(last);
    return BigUint64Array.from(tokens);
  });
}

/** Any slot that a link can have. */
export const anySlot = fc.integer({ min: 0, max: noSlot - 1 });

/** Changes of links: some given a slot, some taken away. */
export const linkChanges: fc.Arbitrary<Links> = tokensOf(0n, lastToken, 60).chain(tokens => {
  const slot = fc.oneof({ weight: 3, arbitrary: anySlot }, fc.constant(noSlot));
  return fc
    .array(slot, { minLength: tokens.length, maxLength: tokens.length })
    .map(slots => ({ tokens, slots: Uint32Array.from(slots) }));
});

/** Links of one partition as a snapshot numbers them: first media in order, further ones of persons before. */
export function numberedLinks(partition: number): fc.Arbitrary<Links> {
  const first = BigInt(partition) << 56n;
  return tokensOf(first, first + 2n ** 56n - 1n).chain(tokens => {
    const further = fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.nat());
    return fc.array(further, { minLength: tokens.length, maxLength: tokens.length }).map(drawn => {
      let local = 0;
      const slots = drawn.map(pick => {
        if (pick === undefined) return slotOf(partition, local++);
        return local > 0 && pick % 2 === 0
          ? slotOf(partition, pick % local)
          : slotOf(Math.max(0, partition - 1), (pick % 1000) + (partition === 0 ? local + 1 : 0));
      });
      return { tokens, slots: Uint32Array.from(slots) };
    });
  });
}

/** Values of 4 bits. */
export const value = fc.integer({ min: 0, max: 15 });

export const statusChanges: fc.Arbitrary<StatusChanges> = fc
  .uniqueArray(fc.tuple(fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 31 - 1 })), value), {
    selector: ([slot]) => slot,
    maxLength: 60,
  })
  .map(pairs => pairs.toSorted(([a], [b]) => a - b))
  .map(pairs => ({
    slots: Uint32Array.from(pairs, ([slot]) => slot),
    values: Uint8Array.from(pairs, ([, status]) => status),
  }));

/** A few partitions have a few slots each, all others none. */
export const statusArrays: fc.Arbitrary<Statuses> = fc
  .array(fc.tuple(fc.nat(255), fc.array(value, { maxLength: 40 })), { maxLength: 8 })
  .map(drawn => {
    const byPartition = new Map(drawn);
    const counts = Uint32Array.from({ length: 256 }, (_, i) => byPartition.get(i)?.length ?? 0);
    const statuses = createStatuses(counts);
    for (const [partition, values] of byPartition) {
      values.forEach((status, local) => void setStatus(statuses, slotOf(partition, local), status));
    }
    return statuses;
  });
