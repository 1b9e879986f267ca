/** From changed rows of a table to what is different in links, statuses and persons. */
import { type Links, noSlot, slotOf } from '../../../sync/feed/links.ts';
import type { StatusChanges } from '../../../sync/feed/status-delta.ts';
import { WrongUsage } from '../../wrong-usage.ts';
import type { PeopleColumns } from './people-columns.ts';
import type { Person } from './person-store.ts';

/** The version the rows are different against. */
export interface PublishedState {
  /** `noSlot` for none. @param token as its number */
  slotOf(token: bigint): number;
  person(number: bigint): Person | undefined;
  /** How many slots each partition has had so far. */
  readonly slotCounts: readonly number[];
}

export interface Difference {
  readonly links: Links;
  readonly statuses: StatusChanges;
  readonly persons: ReadonlyMap<bigint, Person | undefined>;
  readonly slotCounts: number[];
  readonly added: number;
  readonly removed: number;
  /** Of persons that are in both versions. */
  readonly statusChanged: number;
}

/** The state is not the one the removed rows come from. */
export class StateMismatch extends Error {}

/** A person any of whose rows is another now. */
interface Touched {
  readonly before: Person | undefined;
  slot: number;
  media: number;
  /** Media whose rows are as they were: their status is the one before. */
  unchanged: number;
  /** What the added rows say. */
  status: number | undefined;
}

/**
 * @param nameRow names an added row for a message, without its account
 * @throws WrongUsage for a medium that is linked twice, or a person with two statuses; StateMismatch
 */
export function differenceOf(
  state: PublishedState,
  removed: PeopleColumns,
  added: PeopleColumns,
  nameRow: (row: number) => string,
): Difference {
  const slotCounts = [...state.slotCounts];
  const touched = new Map<bigint, Touched>();
  const newSlots = new Map<bigint, number>();
  const oldSlots = new Map<bigint, number>();
  const touch = (number: bigint): Touched => {
    const known = touched.get(number);
    if (known !== undefined) return known;
    const before = state.person(number);
    const media = before?.media ?? 0;
    const fresh = { before, slot: before?.slot ?? noSlot, media, unchanged: media, status: undefined };
    touched.set(number, fresh);
    return fresh;
  };

  removed.tokens.forEach((token, row) => {
    const person = touch(removed.persons[row] ?? 0n);
    if (state.slotOf(token) !== person.slot || person.media === 0 || newSlots.has(token))
      throw new StateMismatch('another table was published');
    person.media--;
    person.unchanged--;
    oldSlots.set(token, person.slot);
    newSlots.set(token, noSlot);
  });

  added.tokens.forEach((token, row) => {
    const person = touch(added.persons[row] ?? 0n);
    const status = added.statuses[row] ?? 0;
    const isLinked = newSlots.has(token) ? newSlots.get(token) !== noSlot : state.slotOf(token) !== noSlot;
    if (isLinked) throw new WrongUsage(`${nameRow(row)}: the medium is in the table twice`);
    const saidBefore = person.status ?? (person.unchanged > 0 ? person.before?.status : undefined);
    if (saidBefore !== undefined && saidBefore !== status) {
      throw new WrongUsage(`${nameRow(row)}: the person has two statuses`);
    }
    if (person.slot === noSlot) person.slot = nextSlot(slotCounts, token);
    person.status = status;
    person.media++;
    newSlots.set(token, person.slot);
  });
  return { ...settle(touched, newSlots, oldSlots), slotCounts };
}

function nextSlot(slotCounts: number[], token: bigint): number {
  const partition = Number(token >> 56n);
  const local = slotCounts[partition] ?? 0;
  slotCounts[partition] = local + 1;
  return slotOf(partition, local);
}

function settle(
  touched: ReadonlyMap<bigint, Touched>,
  newSlots: ReadonlyMap<bigint, number>,
  oldSlots: ReadonlyMap<bigint, number>,
): Omit<Difference, 'slotCounts'> {
  const persons = new Map<bigint, Person | undefined>();
  const statuses = new Map<number, number>();
  let statusChanged = 0;
  for (const [number, { before, slot, media, status }] of touched) {
    const now = status ?? before?.status ?? 0;
    persons.set(number, media === 0 ? undefined : { slot, media, status: now });
    if (media > 0 && before !== undefined && now !== before.status) statusChanged++;
    // Nobody's any more: unknown.
    const value = media === 0 ? 0 : now;
    if (before === undefined ? value !== 0 : value !== before.status) statuses.set(slot, value);
  }
  const tokens = [...newSlots.keys()].filter(
    token => newSlots.get(token) !== (oldSlots.get(token) ?? noSlot),
  );
  return { ...linksOf(tokens, newSlots, oldSlots), statuses: statusesOf(statuses), persons, statusChanged };
}

function linksOf(
  tokens: readonly bigint[],
  newSlots: ReadonlyMap<bigint, number>,
  oldSlots: ReadonlyMap<bigint, number>,
) {
  const sorted = BigUint64Array.from(tokens).sort();
  const slots = Uint32Array.from(sorted, token => newSlots.get(token) ?? noSlot);
  const added = slots.filter(slot => slot !== noSlot).length;
  const removed = sorted.filter(token => oldSlots.has(token)).length;
  return { links: { tokens: sorted, slots }, added, removed };
}

function statusesOf(changes: ReadonlyMap<number, number>): StatusChanges {
  const slots = Uint32Array.from(changes.keys()).sort();
  return { slots, values: Uint8Array.from(slots, slot => changes.get(slot) ?? 0) };
}
