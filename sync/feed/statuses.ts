/**
 * The statuses of all persons: 4 bits a slot, packed per partition in the order of local numbers, low nibble first.
 *
 * As a file:
 *   "S", version 1, 256 × u32: slots of each partition
 *   for each partition its slots' nibbles, an odd one out leaving the last byte's high nibble 0
 *
 * The state's status digest is the SHA-256 of this file before compression.
 */
import { createHash } from 'node:crypto';
import { type Status, statuses as statusNames } from '../../device/core/check.ts';
import { FeedError } from './feed-error.ts';
import { localOfSlot, maxLocal, partitionCount, partitionOfSlot } from './links.ts';
import { createReader, expectKind, kindBytes, u32Bytes } from './reader.ts';

/** Per partition its nibbles; how many slots it has. Mutable: one array is kept up to date by deltas. */
export interface Statuses {
  readonly nibbles: Uint8Array[];
  readonly counts: Uint32Array;
}

export function createStatuses(counts: Uint32Array): Statuses {
  const nibbles = Array.from(counts, count => new Uint8Array(bytesFor(count)));
  return { nibbles, counts: counts.slice() };
}

/** Grows to these numbers of slots; new ones are unknown. */
export function growStatuses(statuses: Statuses, counts: ArrayLike<number>): void {
  for (let partition = 0; partition < partitionCount; partition++) {
    const count = counts[partition] ?? 0;
    const before = statuses.nibbles[partition] ?? new Uint8Array(0);
    if (count < (statuses.counts[partition] ?? 0)) throw new FeedError(`partition ${partition}: loses slots`);
    if (count > maxLocal) throw new FeedError(`partition ${partition}: ${count} slots, at most ${maxLocal}`);
    statuses.counts[partition] = count;
    if (bytesFor(count) === before.length) continue;
    const grown = new Uint8Array(bytesFor(count));
    grown.set(before);
    statuses.nibbles[partition] = grown;
  }
}

/** @returns the 4-bit value; 0 (unknown) for a slot outside the array */
export function statusAt({ nibbles, counts }: Statuses, slot: number): number {
  const local = localOfSlot(slot);
  const partition = partitionOfSlot(slot);
  return local < (counts[partition] ?? 0) ? nibbleAt(nibbles[partition] ?? new Uint8Array(0), local) : 0;
}

/** @throws FeedError for a slot outside the array */
export function setStatus({ nibbles, counts }: Statuses, slot: number, value: number): void {
  const partition = partitionOfSlot(slot);
  const local = localOfSlot(slot);
  const bytes = nibbles[partition];
  if (bytes === undefined || local >= (counts[partition] ?? 0)) {
    throw new FeedError(`status of slot ${local} of partition ${partition}, which has ${counts[partition]}`);
  }
  const shift = (local & 1) * 4;
  bytes[local >> 1] = ((bytes[local >> 1] ?? 0) & (0xf0 >> shift)) | ((value & 0x0f) << shift);
}

export function nibbleAt(bytes: Uint8Array, local: number): number {
  return ((bytes[local >> 1] ?? 0) >> ((local & 1) * 4)) & 0x0f;
}

export function statusOfValue(value: number): Status {
  return statusNames[value] ?? 'unknown';
}

export function valueOfStatus(status: Status): number {
  return statusNames.indexOf(status);
}

export function encodeStatuses({ nibbles, counts }: Statuses): Buffer {
  return Buffer.concat([kindBytes('S'), u32Bytes(...counts), ...nibbles]);
}

/**
 * @returns views of `raw`, not copies
 * @throws FeedError
 */
export function decodeStatuses(raw: Buffer, name: string): Statuses {
  const reader = createReader(raw, name);
  expectKind(reader, 'S', name);
  const counts = Uint32Array.from({ length: partitionCount }, () => reader.u32());
  const nibbles = Array.from(counts, count => reader.bytes(bytesFor(count)));
  reader.end();
  return { nibbles, counts };
}

/** Without putting all of it together first. */
export function statusDigest({ nibbles, counts }: Statuses): string {
  const hash = createHash('sha256')
    .update(kindBytes('S'))
    .update(u32Bytes(...counts));
  for (const bytes of nibbles) hash.update(bytes);
  return hash.digest('hex');
}

function bytesFor(slots: number): number {
  return Math.ceil(slots / 2);
}
