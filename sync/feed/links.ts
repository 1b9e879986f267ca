/** Links as columns, and how slots are numbered: what every other file of the feed's format builds on. */

/** The key ranges that links are cut into, by the token's first byte. */
export const partitionCount = 256;

/** Links of one partition or of one change, in ascending order of their tokens; no token twice. */
export interface Links {
  /** The token's 8 bytes as an unsigned big-endian number. */
  readonly tokens: BigUint64Array;
  readonly slots: Uint32Array;
}

/**
 * A slot is 31 bits: the partition of the person's first medium, then a number local to it. So a change in one key
 * range renumbers nobody in another, and SQLite keeps every slot in 4 bytes.
 */
const localBits = 23;
/** The highest local number of partition 255 is kept free: it means "no slot". */
export const maxLocal = 2 ** localBits - 2;
/** In place of a slot: the link has been taken away. */
export const noSlot = 2 ** 31 - 1;

export function slotOf(partition: number, local: number): number {
  return partition * 2 ** localBits + local;
}

export function partitionOfSlot(slot: number): number {
  return slot >>> localBits;
}

export function localOfSlot(slot: number): number {
  return slot & (2 ** localBits - 1);
}

export function partitionOfToken(token: bigint): number {
  return Number(token >> 56n);
}

export function tokenNumber(token: Uint8Array): bigint {
  return Buffer.from(token.buffer, token.byteOffset, token.length).readBigUInt64BE();
}

/** @returns the first place, not before `from`, whose key is not below this one. @param keys ascending */
export function placeOf(keys: BigUint64Array, key: bigint, from = 0): number {
  let to = keys.length;
  let at = from;
  while (at < to) {
    const middle = (at + to) >>> 1;
    if ((keys[middle] ?? 0n) < key) at = middle + 1;
    else to = middle;
  }
  return at;
}

/** Low and high half of each token in turn. The columns are little-endian, as every machine that Node runs on. */
export function halvesOf(tokens: BigUint64Array): Uint32Array {
  return new Uint32Array(tokens.buffer, tokens.byteOffset, tokens.length * 2);
}

/** Views of the links of each partition. */
export function partitionsOf({ tokens, slots }: Links): Links[] {
  const halves = halvesOf(tokens);
  let from = 0;
  return Array.from({ length: partitionCount }, (_, partition) => {
    let to = from;
    while (to < tokens.length && (halves[2 * to + 1] ?? 0) >>> 24 === partition) to++;
    const part = { tokens: tokens.subarray(from, to), slots: slots.subarray(from, to) };
    from = to;
    return part;
  });
}
