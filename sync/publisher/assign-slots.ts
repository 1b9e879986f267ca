/** Gives every person of a table a slot for a snapshot: in the order of the tokens, in the partition of the person's first. */
import { WrongUsage } from '../../device/kit/errors.ts';
import { halvesOf, type Links, noSlot, partitionCount, slotOf } from '../feed/links.ts';
import { createStatuses, type Statuses, setStatus } from '../feed/statuses.ts';
import type { PeopleColumns } from './table/people-columns.ts';
import { distinctKeys, orderOf } from './table/sort-order.ts';

/** In ascending order of their numbers. */
export interface PersonColumns {
  readonly numbers: BigUint64Array;
  readonly slots: Uint32Array;
  /** How many media each has linked. */
  readonly media: Uint32Array;
}

export interface AssignedSlots {
  readonly links: Links;
  readonly persons: PersonColumns;
  readonly statuses: Statuses;
}

/**
 * @param nameRow names a row of the table for a message, without its account
 * @throws WrongUsage for a medium that is there twice, or a person with two statuses
 */
export function assignSlots(people: PeopleColumns, nameRow: (row: number) => string): AssignedSlots {
  const { personOfRow, statusOf, ...persons } = groupByPerson(people, nameRow);
  const order = orderOf(people.tokens);
  const counts = new Uint32Array(partitionCount);
  const links = { tokens: new BigUint64Array(order.length), slots: new Uint32Array(order.length) };
  // The 64-bit numbers in halves: a bigint for each of 20 million rows would cost more than the sorting.
  const [from, to] = [halvesOf(people.tokens), halvesOf(links.tokens)];
  for (let i = 0; i < order.length; i++) {
    const row = order[i] ?? 0;
    const [low, high] = [from[2 * row] ?? 0, from[2 * row + 1] ?? 0];
    if (i > 0 && to[2 * i - 2] === low && to[2 * i - 1] === high) {
      throw new WrongUsage(
        `${nameRow(row)}: the medium is in the table twice, also as ${nameRow(order[i - 1] ?? 0)}`,
      );
    }
    const person = personOfRow[row] ?? 0;
    if (persons.slots[person] === noSlot) {
      const partition = high >>> 24;
      const local = counts[partition] ?? 0;
      persons.slots[person] = slotOf(partition, local);
      counts[partition] = local + 1;
    }
    to[2 * i] = low;
    to[2 * i + 1] = high;
    links.slots[i] = persons.slots[person] ?? noSlot;
  }
  const statuses = createStatuses(counts);
  persons.slots.forEach((slot, person) => void setStatus(statuses, slot, statusOf[person] ?? 0));
  return { links, persons, statuses };
}

/** No slots yet. */
function groupByPerson({ persons, statuses }: PeopleColumns, nameRow: (row: number) => string) {
  const { keys: numbers, indices: personOfRow } = distinctKeys(persons);
  const media = new Uint32Array(numbers.length);
  const statusOf = new Uint8Array(numbers.length);
  for (let row = 0; row < personOfRow.length; row++) {
    const person = personOfRow[row] ?? 0;
    const status = statuses[row] ?? 0;
    if (media[person] === 0) statusOf[person] = status;
    if (statusOf[person] !== status) throw new WrongUsage(`${nameRow(row)}: the person has two statuses`);
    media[person] = (media[person] ?? 0) + 1;
  }
  return { personOfRow, statusOf, numbers, slots: new Uint32Array(numbers.length).fill(noSlot), media };
}
