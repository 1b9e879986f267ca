/**
 * A city's people as a publisher holds them: tokens drawn at random, as HMACs are, four fifths of the links a person's
 * first medium and one fifth a second one; 97 % green, 2 % yellow, 1 % red. The bench's own passengers come first.
 */
import { randomFillSync } from 'node:crypto';
import type { PeopleColumns } from '../../../sync/publisher/table/people-columns.ts';

export interface Changes {
  readonly removed: PeopleColumns;
  readonly added: PeopleColumns;
}

const green = 1;
const yellow = 2;
const red = 3;
const firstShare = 0.8;
const partBytes = 1 << 26;

/** @param passengers rows that must be among them; their persons' numbers are below those of the others */
export function drawPeople(links: number, passengers: PeopleColumns): PeopleColumns {
  const own = passengers.tokens.length;
  const tokens = randomTokens(links);
  tokens.set(passengers.tokens);
  const persons = new BigUint64Array(links);
  persons.set(passengers.persons);
  const statuses = new Uint8Array(links);
  statuses.set(passengers.statuses);
  const firsts = firstsOf(links);
  for (let row = own; row < links; row++) {
    const person = row < firsts ? row : own + (row - firsts);
    persons[row] = personNumberOf(person);
    statuses[row] = statusOf(person);
  }
  return { tokens, persons, statuses };
}

/** `links` changed links, half of them gone and half new, and `statuses` changed statuses. */
export function drawChanges(people: PeopleColumns, links: number, statuses: number): Changes {
  const total = people.tokens.length;
  const firsts = firstsOf(total);
  // From here on, persons with one medium.
  const singles = total - firsts + singlesMargin;
  const gone = rowsOf(people, singles, singles + links / 2);
  const before = rowsOf(people, firsts - statuses, firsts);
  const after = { ...before, statuses: before.statuses.map(status => (status === green ? yellow : green)) };
  const fresh = {
    tokens: randomTokens(links / 2),
    persons: BigUint64Array.from({ length: links / 2 }, (_, i) => personNumberOf(total + i)),
    statuses: new Uint8Array(links / 2).fill(green),
  };
  return { removed: joined(gone, before), added: joined(fresh, after) };
}

/** Above the number of the bench's own passengers. */
const singlesMargin = 10_000;

function firstsOf(links: number): number {
  return Math.floor(links * firstShare);
}

function randomTokens(count: number): BigUint64Array {
  const tokens = new BigUint64Array(count);
  const bytes = new Uint8Array(tokens.buffer);
  for (let from = 0; from < bytes.length; from += partBytes)
    randomFillSync(bytes.subarray(from, from + partBytes));
  return tokens;
}

/** Spread over all numbers, and none twice: an odd factor. */
function personNumberOf(person: number): bigint {
  return BigInt.asUintN(64, BigInt(person) * 0x9e3779b97f4a7c15n);
}

function statusOf(person: number): number {
  const hundredth = (Math.imul(person, 0x9e3779b1) >>> 0) % 100;
  return hundredth < 97 ? green : hundredth < 99 ? yellow : red;
}

function rowsOf({ tokens, persons, statuses }: PeopleColumns, from: number, to: number): PeopleColumns {
  const cut = <T extends BigUint64Array | Uint8Array>(column: T) => column.slice(from, to) as T;
  return { tokens: cut(tokens), persons: cut(persons), statuses: cut(statuses) };
}

function joined(a: PeopleColumns, b: PeopleColumns): PeopleColumns {
  return {
    tokens: BigUint64Array.from([...a.tokens, ...b.tokens]),
    persons: BigUint64Array.from([...a.persons, ...b.persons]),
    statuses: Uint8Array.from([...a.statuses, ...b.statuses]),
  };
}
