/** From changed rows of a table to what is different in links, statuses and persons. */
import { WrongUsage } from '../../device/kit/errors.ts';
import { type Links, noSlot, partitionOfToken, slotOf } from '../feed/links.ts';
import type { StatusChanges } from '../feed/status-delta.ts';
import type { PersonColumns } from './assign-slots.ts';
import type { Person } from './person-store.ts';
import type { PeopleColumns } from './table/people-columns.ts';
import { distinctKeys } from './table/sort-order.ts';

/** The version the rows are different against. Tokens and persons are asked for in ascending order. */
export interface PublishedState {
  /** `noSlot` for none. @param token as its number */
  slotOf(token: bigint): number;
  person(number: bigint): Person | undefined;
  /** 4-bit value. */
  statusOf(slot: number): number;
  /** How many slots each partition has had so far. */
  readonly slotCounts: readonly number[];
}

export interface Difference {
  readonly links: Links;
  readonly statuses: StatusChanges;
  /** Those who have come, gone, or have another number of media; 0 media for the gone. */
  readonly persons: PersonColumns;
  readonly slotCounts: number[];
  readonly added: number;
  readonly removed: number;
  /** How many persons that are in both versions have another status. */
  readonly statusChanged: number;
}

/** The state is not the one the removed rows come from. */
export class StateMismatch extends Error {}

/** A person any of whose rows has changed. */
interface Touched {
  readonly before: Person | undefined;
  readonly statusBefore: number | undefined;
  slot: number;
  media: number;
  /** Media whose rows have not changed: their status is the one before. */
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
  const tokens = distinctKeys(joined(removed.tokens, added.tokens));
  const persons = distinctKeys(joined(removed.persons, added.persons));
  const slotsBefore = Uint32Array.from(tokens.keys, token => state.slotOf(token));
  const slots = slotsBefore.slice();
  const touched = Array.from(persons.keys, number => touch(state, number));

  /** @param row counted through the removed rows, then the added ones */
  const at = (row: number) => {
    const person = touched[persons.indices[row] ?? 0];
    if (person === undefined) throw new RangeError(`no row ${row}`);
    return { person, token: tokens.indices[row] ?? 0 };
  };

  for (let row = 0; row < removed.tokens.length; row++) {
    const { person, token } = at(row);
    if (slots[token] !== person.slot || person.media === 0)
      throw new StateMismatch('another table was published');
    person.media--;
    person.unchanged--;
    slots[token] = noSlot;
  }
  for (let row = 0; row < added.tokens.length; row++) {
    const { person, token } = at(removed.tokens.length + row);
    const status = added.statuses[row] ?? 0;
    if (slots[token] !== noSlot) throw new WrongUsage(`${nameRow(row)}: the medium is in the table twice`);
    const saidBefore = person.status ?? (person.unchanged > 0 ? person.statusBefore : undefined);
    if (saidBefore !== undefined && saidBefore !== status) {
      throw new WrongUsage(`${nameRow(row)}: the person has two statuses`);
    }
    if (person.slot === noSlot) person.slot = nextSlot(slotCounts, tokens.keys[token] ?? 0n);
    person.status = status;
    person.media++;
    slots[token] = person.slot;
  }
  return {
    ...changedLinks(tokens.keys, slotsBefore, slots),
    ...changedStatuses(touched),
    persons: changedPersons(persons.keys, touched),
    slotCounts,
  };
}

function touch(state: PublishedState, number: bigint): Touched {
  const before = state.person(number);
  const media = before?.media ?? 0;
  const statusBefore = before && state.statusOf(before.slot);
  return { before, statusBefore, slot: before?.slot ?? noSlot, media, unchanged: media, status: undefined };
}

function joined(a: BigUint64Array, b: BigUint64Array): BigUint64Array {
  const both = new BigUint64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function nextSlot(slotCounts: number[], token: bigint): number {
  const partition = partitionOfToken(token);
  const local = slotCounts[partition] ?? 0;
  slotCounts[partition] = local + 1;
  return slotOf(partition, local);
}

function changedLinks(tokens: BigUint64Array, before: Uint32Array, now: Uint32Array) {
  const isChanged = (_: unknown, i: number) => before[i] !== now[i];
  const links = { tokens: tokens.filter(isChanged), slots: now.filter(isChanged) };
  const countOf = (slots: Uint32Array) => slots.reduce((sum, slot) => sum + Number(slot !== noSlot), 0);
  return { links, added: countOf(links.slots), removed: countOf(before.filter(isChanged)) };
}

function changedStatuses(touched: readonly Touched[]) {
  /** Slot and value in one number, to be sorted by slot. */
  const changes: number[] = [];
  let statusChanged = 0;
  for (const { statusBefore, slot, media, status } of touched) {
    // A slot that is nobody's any more is unknown.
    const now = media === 0 ? 0 : (status ?? statusBefore ?? 0);
    if (now === (statusBefore ?? 0)) continue;
    changes.push(slot * 16 + now);
    if (media > 0 && statusBefore !== undefined) statusChanged++;
  }
  const sorted = Float64Array.from(changes).sort();
  const statuses = {
    slots: Uint32Array.from(sorted, change => Math.floor(change / 16)),
    values: Uint8Array.from(sorted, change => change % 16),
  };
  return { statuses, statusChanged };
}

function changedPersons(numbers: BigUint64Array, touched: readonly Touched[]): PersonColumns {
  const isChanged = (_: unknown, i: number) => touched[i]?.media !== (touched[i]?.before?.media ?? 0);
  const changed = touched.filter(isChanged);
  return {
    numbers: numbers.filter(isChanged),
    slots: Uint32Array.from(changed, ({ slot }) => slot),
    media: Uint32Array.from(changed, ({ media }) => media),
  };
}
