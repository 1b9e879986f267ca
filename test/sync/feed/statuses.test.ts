/** The array of statuses: what is set is read, growth loses nothing, the file gives it back. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { statuses as names } from '../../../device/core/check.ts';
import { maxLocal, slotOf } from '../../../sync/feed/links.ts';
import {
  createStatuses,
  decodeStatuses,
  encodeStatuses,
  growStatuses,
  type Statuses,
  setStatus,
  statusAt,
  statusDigest,
  statusOfValue,
  valueOfStatus,
} from '../../../sync/feed/statuses.ts';
import { suite } from '../../harness.ts';
import { statusArrays, value } from './arbitrary.ts';
import { assertFeedError, assertLengthMatters, assertSafe } from './damage.ts';

const decoded = (raw: Buffer) => decodeStatuses(raw, 'test');

/** Partitions with these numbers of slots, one after the other; the others have none. */
function counts(...few: readonly number[]): Uint32Array {
  const all = new Uint32Array(256);
  all.set(few);
  return all;
}

function values(statuses: Statuses): number[][] {
  return Array.from(statuses.counts, (count, partition) =>
    Array.from({ length: count }, (_, local) => statusAt(statuses, slotOf(partition, local))),
  );
}

suite('feed: statuses', test => {
  test('what is set is read, and nothing beside it changes', () => {
    const settings = fc.array(fc.tuple(fc.nat(2), fc.nat(6), value), { maxLength: 40 });
    fc.assert(
      fc.property(settings, drawn => {
        const statuses = createStatuses(counts(7, 7, 7));
        const model = new Map<number, number>();
        for (const [partition, local, status] of drawn) {
          setStatus(statuses, slotOf(partition, local), status);
          model.set(slotOf(partition, local), status);
        }
        for (let slot = 0; slot < 21; slot++) {
          const at = slotOf(Math.floor(slot / 7), slot % 7);
          assert.is(statusAt(statuses, at), model.get(at) ?? 0);
        }
      }),
    );
  });

  test('the file gives them back, odd numbers and none too', () => {
    fc.assert(
      fc.property(statusArrays, statuses => {
        const raw = encodeStatuses(statuses);
        assert.equal(values(decoded(raw)), values(statuses));
        assert.is(statusDigest(statuses), createHash('sha256').update(raw).digest('hex'));
      }),
    );
    assert.equal(values(decoded(encodeStatuses(createStatuses(counts())))), values(createStatuses(counts())));
  });

  test('grows without losing any; new ones are unknown, also in the half byte that was spare', () => {
    fc.assert(
      fc.property(statusArrays, fc.array(fc.nat(5), { minLength: 256, maxLength: 256 }), (statuses, more) => {
        const before = values(statuses);
        growStatuses(
          statuses,
          statuses.counts.map((count, i) => count + (more[i] ?? 0)),
        );
        const expected = before.map((list, i) => [...list, ...Array(more[i] ?? 0).fill(0)]);
        assert.equal(values(statuses), expected);
        assert.equal(values(decoded(encodeStatuses(statuses))), expected);
      }),
    );
  });

  test('a slot that is not there reads as unknown and is not set', () => {
    const statuses = createStatuses(counts(3));
    for (const slot of [3, 4, slotOf(1, 0), slotOf(255, maxLocal)]) {
      assert.is(statusAt(statuses, slot), 0);
      assertFeedError(() => setStatus(statuses, slot, 1));
    }
  });

  test('never loses slots, nor has more than a partition takes', () => {
    assertFeedError(() => growStatuses(createStatuses(counts(3)), counts(2)), /loses slots/);
    assertFeedError(() => growStatuses(createStatuses(counts(3)), counts(maxLocal + 1)), /at most/);
  });

  test('any bit flipped, any bytes at their largest, cut anywhere', () => {
    const statuses = createStatuses(counts(3, 0, 2));
    setStatus(statuses, 1, 3);
    const raw = encodeStatuses(statuses);
    assertSafe(raw, decoded);
    assertLengthMatters(raw, decoded);
    assertFeedError(() => decoded(Buffer.from('D\x01')), /kind "D"/);
  });

  test('values are those of the names; all others are unknown', () => {
    assert.equal(names.map(valueOfStatus), [0, 1, 2, 3, 4]);
    for (let number = 0; number < 16; number++)
      assert.is(statusOfValue(number), number < 5 ? names[number] : 'unknown');
  });
});
