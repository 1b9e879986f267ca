/** What a new list of denied media changes in the links. */
import { deniedSlot } from '../feed/denied-marks.ts';
import { mergeLinkDeltas } from '../feed/link-delta.ts';
import { type Links, noSlot } from '../feed/links.ts';

/**
 * @param changes of the links, which come with it
 * @param slotOf gives the slot that a token has before these changes, `noSlot` for none
 * @param before tokens of the marks that are published, ascending; @param now those that are to be
 * @returns the changes, and those of the marks
 */
export function withChangedMarks(
  changes: Links,
  slotOf: (token: bigint) => number,
  before: BigUint64Array,
  now: BigUint64Array,
): Links {
  const changed = new Map(Array.from(changes.tokens, (token, i) => [token, changes.slots[i] ?? noSlot]));
  const slotAfter = (token: bigint) => changed.get(token) ?? slotOf(token);
  const [stay, were] = [new Set(now), new Set(before)];
  const added = now.filter(token => !were.has(token) && slotAfter(token) === noSlot);
  const removed = before.filter(token => !stay.has(token) && slotAfter(token) === deniedSlot);
  return mergeLinkDeltas([changes, marked(added, deniedSlot), marked(removed, noSlot)]);
}

function marked(tokens: BigUint64Array, slot: number): Links {
  return { tokens, slots: new Uint32Array(tokens.length).fill(slot) };
}
