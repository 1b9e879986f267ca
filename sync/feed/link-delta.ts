/**
 * A link delta: what is different in the links of one version against an earlier one of the same snapshot.
 *
 *   "L", version 1, u8 lowBytes, u8 0, u32 changes, u32 added
 *   heads: a byte a change (token-column.ts, the range beginning at 0); flag 1: the link is taken away
 *   slots of the added: all lowest bytes, then all second bytes, third, fourth
 *   lows: lowBytes bytes a change
 *
 * An added token that has a link already is given another slot.
 */
import { FeedError } from './feed-error.ts';
import type { FileRef } from './feed-file.ts';
import { type Links, noSlot } from './links.ts';
import { decodeSlots, encodeSlots } from './partition.ts';
import { createReader, expectKind, kindBytes, u32Bytes } from './reader.ts';
import { decodeTokens, encodeTokens } from './token-column.ts';

/** @param changes a slot of `noSlot` takes the link away */
export function encodeLinkDelta({ tokens, slots }: Links): Buffer {
  const { lowBytes, heads, lows } = encodeTokens(tokens, 0n);
  slots.forEach((slot, i) => {
    if (slot === noSlot) heads[i] = (heads[i] ?? 0) | 1;
  });
  const added = slots.filter(slot => slot !== noSlot);
  const header = [kindBytes('L'), Buffer.of(lowBytes, 0), u32Bytes(tokens.length, added.length)];
  return Buffer.concat([...header, heads, encodeSlots(added), lows]);
}

/** @throws FeedError */
export function decodeLinkDelta(raw: Buffer, { sha256 }: Pick<FileRef, 'sha256'>): Links {
  const name = `link delta ${sha256}`;
  const reader = createReader(raw, name);
  expectKind(reader, 'L', name);
  const lowBytes = reader.u8();
  if (lowBytes < 1 || lowBytes > 8 || reader.u8() !== 0) throw new FeedError(`${name}: damaged header`);
  const count = reader.u32();
  const addedCount = reader.u32();
  const heads = reader.bytes(count);
  const added = decodeSlots(reader.bytes(4 * addedCount));
  const tokens = decodeTokens({ lowBytes, heads, lows: reader.bytes(count * lowBytes) }, 0n, name);
  reader.end();
  let named = 0;
  const slots = Uint32Array.from(heads, head => ((head & 1) === 1 ? noSlot : (added[named++] ?? noSlot)));
  if (named !== added.length || added.some(slot => slot >= noSlot))
    throw new FeedError(`${name}: slots do not fit`);
  return { tokens, slots };
}

/** One change for the same effect as all of them, one after the other. */
export function mergeLinkDeltas(deltas: readonly Links[]): Links {
  const latest = new Map<bigint, number>();
  for (const { tokens, slots } of deltas)
    tokens.forEach((token, i) => void latest.set(token, slots[i] ?? noSlot));
  const tokens = BigUint64Array.from(latest.keys()).sort();
  return { tokens, slots: Uint32Array.from(tokens, token => latest.get(token) ?? noSlot) };
}

/** The links once the changes are made. */
export function applyLinkDelta(links: Links, changes: Links): Links {
  if (changes.slots.length === 0) return links;
  const most = links.slots.length + changes.slots.length;
  const tokens = new BigUint64Array(most);
  const slots = new Uint32Array(most);
  let count = 0;
  const put = ({ tokens: from, slots: of }: Links, at: number) => {
    if (of[at] === noSlot) return;
    tokens[count] = from[at] ?? 0n;
    slots[count++] = of[at] ?? noSlot;
  };
  let at = 0;
  changes.tokens.forEach((token, i) => {
    while (at < links.tokens.length && (links.tokens[at] ?? 0n) < token) put(links, at++);
    if (links.tokens[at] === token) at++;
    put(changes, i);
  });
  while (at < links.tokens.length) put(links, at++);
  return { tokens: tokens.subarray(0, count), slots: slots.subarray(0, count) };
}
