/**
 * Denied media in the feed. Each has a mark: a link of its own, from the token beside the medium's (its lowest bit the other way)
 * to a slot that is nobody's. So the list comes in the partitions and link deltas, under their digests, and stands in a cache right
 * beside the link that a look-up reads. A reader that knows nothing of marks finds nobody by them.
 */
import { type Links, noSlot, placeOf } from './links.ts';

/** The local number `maxLocal` of the last partition is never given out. */
export const deniedSlot: number = noSlot - 1;

/** @returns where the mark of this medium stands, or whose mark it is: it leads both ways */
export function markOf(token: bigint): bigint {
  return token ^ 1n;
}

export function countMarks(slots: Uint32Array): number {
  return slots.reduce((count, slot) => count + Number(slot === deniedSlot), 0);
}

/** The links with a mark at each of these tokens but where there is a link: two tokens side by side come once in a million cities. */
export function withMarks(links: Links, marks: BigUint64Array): Links {
  if (marks.length === 0) return links;
  const most = links.tokens.length + marks.length;
  const tokens = new BigUint64Array(most);
  const slots = new Uint32Array(most);
  let from = 0;
  let to = 0;
  function copyUntil(end: number): void {
    tokens.set(links.tokens.subarray(from, end), to);
    slots.set(links.slots.subarray(from, end), to);
    to += end - from;
    from = end;
  }
  for (const mark of marks) {
    copyUntil(placeOf(links.tokens, mark, from));
    if (links.tokens[from] === mark) continue;
    tokens[to] = mark;
    slots[to++] = deniedSlot;
  }
  copyUntil(links.tokens.length);
  return { tokens: tokens.subarray(0, to), slots: slots.subarray(0, to) };
}

export function withoutMarks(links: Links): Links {
  const { tokens, slots } = links;
  if (!slots.includes(deniedSlot)) return links;
  const isLink = (_: unknown, i: number) => slots[i] !== deniedSlot;
  return { tokens: tokens.filter(isLink), slots: slots.filter(isLink) };
}
