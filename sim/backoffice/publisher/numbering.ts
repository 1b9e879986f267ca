/** Numbers the persons of a table for a snapshot: in the order of the tokens, each in the partition of its first. */
import { type Links, noSlot, partitionCount, slotOf } from '../../../sync/feed/links.ts';
import { createStatuses, type Statuses, setStatus } from '../../../sync/feed/statuses.ts';
import { WrongUsage } from '../../wrong-usage.ts';
import type { PeopleColumns } from './people-columns.ts';
import { orderOf } from './sort-order.ts';

/** In ascending order of their numbers. */
export interface PersonColumns {
  readonly numbers: BigUint64Array;
  readonly slots: Uint32Array;
  /** How many media each has linked. */
  readonly media: Uint32Array;
  /** 4-bit values. */
  readonly statuses: Uint8Array;
}

export interface NumberedPeople {
  readonly links: Links;
  readonly persons: PersonColumns;
  readonly statuses: Statuses;
}

/**
 * @param nameRow names a row of the table for a message, without its account
 * @throws WrongUsage for a medium that is there twice, or a person with two statuses
 */
export function numberPeople(people: PeopleColumns, nameRow: (row: number) => string): NumberedPeople {
  const { personOfRow, ...persons } = groupByPerson(people, nameRow);
  const byToken = orderOf(people.tokens);
  const counts = new Uint32Array(partitionCount);
  const links = { tokens: new BigUint64Array(byToken.length), slots: new Uint32Array(byToken.length) };
  byToken.forEach((row, i) => {
    const token = people.tokens[row] ?? 0n;
    if (i > 0 && links.tokens[i - 1] === token) {
      throw new WrongUsage(
        `${nameRow(row)}: the medium is in the table twice, also as ${nameRow(byToken[i - 1] ?? 0)}`,
      );
    }
    const person = personOfRow[row] ?? 0;
    if (persons.slots[person] === noSlot) {
      const partition = Number(token >> 56n);
      const local = counts[partition] ?? 0;
      persons.slots[person] = slotOf(partition, local);
      counts[partition] = local + 1;
    }
    links.tokens[i] = token;
    links.slots[i] = persons.slots[person] ?? noSlot;
  });
  const statuses = createStatuses(counts);
  persons.slots.forEach((slot, person) => void setStatus(statuses, slot, persons.statuses[person] ?? 0));
  return { links, persons, statuses };
}

/** No slots yet. */
function groupByPerson({ persons, statuses }: PeopleColumns, nameRow: (row: number) => string) {
  const byPerson = orderOf(persons);
  const personOfRow = new Uint32Array(persons.length);
  const numbers = new BigUint64Array(persons.length);
  const media = new Uint32Array(persons.length);
  const statusOf = new Uint8Array(persons.length);
  let count = 0;
  for (const row of byPerson) {
    const number = persons[row] ?? 0n;
    const status = statuses[row] ?? 0;
    if (count === 0 || numbers[count - 1] !== number) {
      numbers[count] = number;
      statusOf[count] = status;
      count++;
    }
    if (statusOf[count - 1] !== status) throw new WrongUsage(`${nameRow(row)}: the person has two statuses`);
    media[count - 1] = (media[count - 1] ?? 0) + 1;
    personOfRow[row] = count - 1;
  }
  return {
    personOfRow,
    numbers: numbers.slice(0, count),
    slots: new Uint32Array(count).fill(noSlot),
    media: media.slice(0, count),
    statuses: statusOf.slice(0, count),
  };
}
