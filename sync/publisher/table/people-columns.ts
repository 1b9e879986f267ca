/** A table of people as columns of numbers: tokens instead of accounts, a number for each person. */
import { hash } from 'node:crypto';
import { tokenNumber } from '../../feed/links.ts';
import { valueOfStatus } from '../../feed/statuses.ts';
import { type FleetKey, tokenOf } from '../../fleet-keys.ts';
import type { Link } from './people.ts';

/** By row, in the table's order. */
export interface PeopleColumns {
  readonly tokens: BigUint64Array;
  readonly persons: BigUint64Array;
  /** 4-bit values. */
  readonly statuses: Uint8Array;
  /** Names the key that the tokens were made under; left out where there are none to be told apart. */
  readonly keyId?: string;
}

export interface PeopleCollector {
  add(row: Link): void;
  columns(): PeopleColumns;
}

const firstRoom = 1024;

export function collectPeople(key: FleetKey): PeopleCollector {
  let tokens = new BigUint64Array(firstRoom);
  let persons = new BigUint64Array(firstRoom);
  let statuses = new Uint8Array(firstRoom);
  let count = 0;

  function makeRoom(): void {
    const grow = <T extends BigUint64Array | Uint8Array>(old: T, fresh: T): T => {
      fresh.set(old as never);
      return fresh;
    };
    tokens = grow(tokens, new BigUint64Array(2 * count));
    persons = grow(persons, new BigUint64Array(2 * count));
    statuses = grow(statuses, new Uint8Array(2 * count));
  }

  return {
    add({ medium, account, person, status }) {
      if (count === tokens.length) makeRoom();
      tokens[count] = tokenNumber(tokenOf(key, medium, account));
      persons[count] = personNumber(person);
      statuses[count] = valueOfStatus(status);
      count++;
    },
    columns: () => ({
      tokens: tokens.subarray(0, count),
      persons: persons.subarray(0, count),
      statuses: statuses.subarray(0, count),
      keyId: key.id,
    }),
  };
}

/**
 * The first 8 bytes of SHA-256. Two of 16 million persons get the same number with a probability of one in 140,000;
 * then the first table in which their statuses differ is refused.
 */
export function personNumber(person: string): bigint {
  return tokenNumber(hash('sha256', person, 'buffer').subarray(0, 8));
}

export const noPeople: PeopleColumns = {
  tokens: new BigUint64Array(0),
  persons: new BigUint64Array(0),
  statuses: new Uint8Array(0),
};

export function columnsOf(key: FleetKey, rows: Iterable<Link>): PeopleColumns {
  const collector = collectPeople(key);
  for (const row of rows) collector.add(row);
  return collector.columns();
}
