/** Turns a table of people into the link cache that a validator reads. */
import { nextVersion, writeCache } from '../../sync/cache/write-cache.ts';
import type { FleetKey } from '../../sync/fleet-keys.ts';
import { numberPeople } from '../backoffice/publisher/numbering.ts';
import { collectPeople } from '../backoffice/publisher/people-columns.ts';
import type { Link } from './people.ts';

/**
 * Writes a new generation, of the version after the one in use.
 *
 * @param directory the cache's
 * @param asOf Unix milliseconds: how fresh the data says it is
 * @throws WrongUsage for a medium linked twice, or a person with two statuses; then nothing is written
 */
export function buildLinkCache(directory: string, people: readonly Link[], key: FleetKey, asOf: number) {
  const collector = collectPeople(key);
  for (const row of people) collector.add(row);
  const nameRow = (row: number) => `${people[row]?.medium} of person ${people[row]?.person}`;
  const { links, persons, statuses } = numberPeople(collector.columns(), nameRow);
  const version = nextVersion(directory);
  writeCache(directory, { key, version, linksAsOf: asOf, statusAsOf: asOf, links, statuses });
  return { links: links.slots.length, persons: persons.slots.length };
}
