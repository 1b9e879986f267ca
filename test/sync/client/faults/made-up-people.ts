/**
 * People for a feed: several media each, every status, all in a few key ranges so that a feed has few files.
 *
 * They live in two places that share no key range; only in the north do links change, so that a later snapshot has the
 * south's partitions as they were.
 */
import type { Status } from '../../../../device/core/check.ts';
import { mediumKinds } from '../../../../device/core/medium.ts';
import type { Random } from '../../../../sim/media/random.ts';
import { type FleetKey, tokenOf } from '../../../../sync/fleet-keys.ts';
import type { Link } from '../../../../sync/publisher/table/people.ts';

export type Medium = Pick<Link, 'medium' | 'account'>;

/** By `medium:account`. */
export type People = ReadonlyMap<string, Link>;

/** First bytes of tokens: both ends of the numbers, signed and unsigned. */
const keyRanges = { north: [0, 1, 77, 127], south: [128, 129, 200, 255] } as const;
type Place = keyof typeof keyRanges;

const statuses: readonly [Status, ...Status[]] = ['green', 'green', 'yellow', 'red', 'popup', 'unknown'];

export const nameOf = ({ medium, account }: Medium): string => `${medium}:${account}`;

export function makeUpPeople(key: FleetKey, random: Random, persons: number): People {
  const people = new Map<string, Link>();
  for (let i = 0; i < persons; i++) addPerson(people, i % 2 === 0 ? 'north' : 'south', key, random);
  return people;
}

/** Some statuses change; in the north some media go, some come, one is another person's from now on. */
export function liveOn(before: People, key: FleetKey, random: Random): People {
  const statusOf = drawStatuses(random);
  const after = new Map<string, Link>();
  for (const [name, link] of before) {
    if (isOf('north', link) && random.next() < 0.03) continue;
    after.set(name, { ...link, status: statusOf(link) });
  }
  const northern = [...after.values()].filter(link => isOf('north', link));
  const [giver, taker] = [northern[0], northern.at(-1)];
  if (giver && taker) after.set(nameOf(giver), { ...giver, person: taker.person, status: taker.status });
  for (let i = 0; i < 3; i++) addPerson(after, 'north', key, random);
  return after;
}

/** One drawing for all media of a person. */
function drawStatuses(random: Random): (link: Link) => Status {
  const drawn = new Map<string, Status>();
  return ({ person, status }) => {
    const known = drawn.get(person);
    if (known !== undefined) return known;
    const fresh = random.next() < 0.1 ? random.pick(statuses) : status;
    drawn.set(person, fresh);
    return fresh;
  };
}

function isOf(place: Place, { person }: Link): boolean {
  return person.startsWith(place);
}

function addPerson(people: Map<string, Link>, place: Place, key: FleetKey, random: Random): void {
  const person = `${place}-${Math.floor(random.next() * 2 ** 48)}`;
  const status = random.pick(statuses);
  const media = 1 + Math.floor(random.next() * 3);
  for (let i = 0; i < media; i++) {
    const link = { ...drawMedium(key, random, place), person, status };
    people.set(nameOf(link), link);
  }
}

/** @param place accounts are drawn until one falls into its key ranges under this key */
export function drawMedium(key: FleetKey, random: Random, place: Place): Medium {
  const ranges: readonly number[] = keyRanges[place];
  while (true) {
    const medium = random.pick(mediumKinds);
    const account = drawAccount(medium, random);
    if (ranges.includes(tokenOf(key, medium, account)[0] ?? 0)) return { medium, account };
  }
}

function drawAccount(medium: Link['medium'], random: Random): string {
  const digits = (count: number, base: number) =>
    Array.from({ length: count }, () => Math.floor(random.next() * base).toString(base)).join('');
  if (medium === 't-union') return `31051${digits(14, 10)}`;
  return medium === 'bmac' ? `1000${digits(12, 10)}` : digits(20, 16);
}
