/**
 * A partition file: the links of one key range at a snapshot.
 *
 * At a snapshot the slots are numbered anew, in the order of tokens: the first medium of a person takes the next
 * local number of its partition and needs no slot on the wire; only a person's further media name theirs.
 *
 *   "P", version 1, u8 partition, u8 lowBytes, u32 links, u32 further
 *   heads: a byte a link (token-column.ts); flag 1: a further medium
 *   slots of the further media: all lowest bytes, then all second bytes, third, fourth
 *   lows: lowBytes bytes a link
 */
import { FeedError } from './feed-error.ts';
import type { FileRef } from './feed-file.ts';
import { type Links, maxLocal, noSlot, partitionOfToken, slotOf } from './links.ts';
import { createReader, expectKind, kindBytes, u32Bytes } from './reader.ts';
import { decodeTokens, encodeTokens } from './token-column.ts';

const rangeStart = (partition: number) => BigInt(partition) << 56n;

/** @param links numbered as above: a slot that is the partition's next one is a first medium's */
export function encodePartition(partition: number, { tokens, slots }: Links): Buffer {
  const { lowBytes, heads, lows } = encodeTokens(tokens, rangeStart(partition));
  const further: number[] = [];
  let next = slotOf(partition, 0);
  slots.forEach((slot, i) => {
    if (slot === next) next++;
    else {
      heads[i] = (heads[i] ?? 0) | 1;
      further.push(slot);
    }
  });
  const header = [kindBytes('P'), Buffer.of(partition, lowBytes), u32Bytes(tokens.length, further.length)];
  return Buffer.concat([...header, heads, encodeSlots(further), lows]);
}

/** @throws FeedError */
export function decodePartition(raw: Buffer, partition: number, { sha256 }: Pick<FileRef, 'sha256'>): Links {
  const name = `partition ${partition} (${sha256})`;
  const reader = createReader(raw, name);
  expectKind(reader, 'P', name);
  const itself = reader.u8();
  if (itself !== partition) throw new FeedError(`${name}: is partition ${itself}`);
  const lowBytes = reader.u8();
  if (lowBytes < 1 || lowBytes > 8) throw new FeedError(`${name}: ${lowBytes} low bytes`);
  const count = reader.u32();
  const furtherCount = reader.u32();
  const heads = reader.bytes(count);
  const further = decodeSlots(reader.bytes(4 * furtherCount));
  const tokens = decodeTokens(
    { lowBytes, heads, lows: reader.bytes(count * lowBytes) },
    rangeStart(partition),
    name,
  );
  reader.end();
  const last = tokens.at(-1);
  if (last !== undefined && partitionOfToken(last) !== partition)
    throw new FeedError(`${name}: leaves its key range`);
  return { tokens, slots: numberSlots(partition, heads, further, name) };
}

function numberSlots(partition: number, heads: Uint8Array, further: Uint32Array, name: string): Uint32Array {
  const slots = new Uint32Array(heads.length);
  let local = 0;
  let named = 0;
  for (let i = 0; i < heads.length; i++) {
    slots[i] = ((heads[i] ?? 0) & 1) === 1 ? (further[named++] ?? 0) : slotOf(partition, local++);
  }
  if (named !== further.length)
    throw new FeedError(`${name}: ${named} further media, ${further.length} slots for them`);
  if (further.some(slot => slot >= noSlot)) throw new FeedError(`${name}: a slot that nobody can have`);
  if (local > maxLocal) throw new FeedError(`${name}: more persons than a partition takes`);
  return slots;
}

/** Byte planes, because the higher bytes compress and the lower do not. */
export function encodeSlots(slots: ArrayLike<number>): Uint8Array {
  const { length } = slots;
  const planes = new Uint8Array(4 * length);
  for (let i = 0; i < length; i++) {
    for (let b = 0; b < 4; b++) planes[b * length + i] = (slots[i] ?? 0) >>> (8 * b);
  }
  return planes;
}

export function decodeSlots(planes: Uint8Array): Uint32Array {
  const length = planes.length / 4;
  const slots = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    const byte = (b: number) => planes[b * length + i] ?? 0;
    slots[i] = byte(0) + byte(1) * 2 ** 8 + byte(2) * 2 ** 16 + byte(3) * 2 ** 24;
  }
  return slots;
}
