/**
 * A status delta: the statuses that are different in one version against an earlier one of the same snapshot.
 *
 *   "D", version 1, u16 0, u32 changes, u32 bytes of gaps
 *   gaps: a LEB128 number a change: the slot less the slot before it, of the first one less 0
 *   values: 4 bits a change, low nibble first
 */
import { FeedError } from './feed-error.ts';
import { createReader, expectKind, kindBytes, u32Bytes } from './reader.ts';
import { nibbleAt } from './statuses.ts';

/** Slots ascending, none twice. */
export interface StatusChanges {
  readonly slots: Uint32Array;
  /** 4-bit values. */
  readonly values: Uint8Array;
}

const maxGapBytes = 5;

export function encodeStatusDelta({ slots, values }: StatusChanges): Buffer {
  const gaps = Buffer.alloc(slots.length * maxGapBytes);
  let end = 0;
  let before = 0;
  for (const slot of slots) {
    let gap = slot - before;
    while (gap >= 0x80) {
      gaps[end++] = (gap & 0x7f) | 0x80;
      gap >>>= 7;
    }
    gaps[end++] = gap;
    before = slot;
  }
  const packed = Buffer.alloc(Math.ceil(values.length / 2));
  values.forEach((value, i) => {
    packed[i >> 1] = (packed[i >> 1] ?? 0) | ((value & 0x0f) << ((i & 1) * 4));
  });
  return Buffer.concat([
    kindBytes('D'),
    Buffer.alloc(2),
    u32Bytes(slots.length, end),
    gaps.subarray(0, end),
    packed,
  ]);
}

/** @throws FeedError */
export function decodeStatusDelta(raw: Buffer, sha256: string): StatusChanges {
  const name = `status delta ${sha256}`;
  const reader = createReader(raw, name);
  expectKind(reader, 'D', name);
  reader.bytes(2);
  const count = reader.u32();
  const gaps = reader.bytes(reader.u32());
  const packed = reader.bytes(Math.ceil(count / 2));
  reader.end();
  const slots = decodeSlotGaps(gaps, count, name);
  return { slots, values: Uint8Array.from(slots, (_, i) => nibbleAt(packed, i)) };
}

function decodeSlotGaps(gaps: Uint8Array, count: number, name: string): Uint32Array {
  const wrong = () => new FeedError(`${name}: damaged slot numbers`);
  if (count > gaps.length) throw wrong();
  const slots = new Uint32Array(count);
  let at = 0;
  let slot = 0;
  for (let i = 0; i < count; i++) {
    let gap = 0;
    let byte = 0x80;
    for (let shift = 0; byte >= 0x80; shift += 7) {
      if (at >= gaps.length || shift >= 7 * maxGapBytes) throw wrong();
      byte = gaps[at++] ?? 0;
      gap += (byte & 0x7f) * 2 ** shift;
    }
    if (gap === 0 && i > 0) throw wrong();
    slot += gap;
    if (slot >= 2 ** 31) throw wrong();
    slots[i] = slot;
  }
  if (at !== gaps.length) throw wrong();
  return slots;
}

/** One change for the same effect as all of them, one after the other. */
export function mergeStatusDeltas(deltas: readonly StatusChanges[]): StatusChanges {
  const latest = new Map<number, number>();
  for (const { slots, values } of deltas) slots.forEach((slot, i) => void latest.set(slot, values[i] ?? 0));
  const slots = Uint32Array.from(latest.keys()).sort();
  return { slots, values: Uint8Array.from(slots, slot => latest.get(slot) ?? 0) };
}
