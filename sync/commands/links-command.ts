/** `links build`: turns a table of people into the link cache that a validator reads. */
import type { Command } from 'commander';
import { orWrongUsage } from '../../device/kit/errors.ts';
import { instant } from '../../device/kit/option-values.ts';
import { checkOwnTree } from '../../device/kit/own-file.ts';
import { nextVersion, writeCache } from '../cache/write-cache.ts';
import { withMarks } from '../feed/denied-marks.ts';
import { type FleetKey, readFleetKeys } from '../fleet-keys.ts';
import { assignSlots } from '../publisher/assign-slots.ts';
import { type DeniedMedium, deniedTable, marksOf, readDenied } from '../publisher/denied-media.ts';
import { trustZeros } from '../publisher/table/account.ts';
import { type Link, readPeople } from '../publisher/table/people.ts';
import { collectPeople } from '../publisher/table/people-columns.ts';
import { printOutcome } from './outcome.ts';

interface BuildOptions {
  readonly people: string;
  readonly denied?: string;
  readonly keys: string;
  readonly out: string;
  readonly asOf?: number;
  readonly trustZeros?: boolean;
}

export function addLinksCommand(program: Command): void {
  const links = program.command('links').description('the link cache of a validator');
  links
    .command('build')
    .description('make a link cache from a table of people')
    .requiredOption('--people <file>', 'CSV with the header medium,account,person,status')
    .option('--denied <file>', deniedTable)
    .requiredOption('--keys <file>', 'the fleet keys; the first one is used')
    .requiredOption('--out <directory>', 'the link cache to write')
    .option('--as-of <instant>', 'how fresh the data is, ISO 8601; now unless given', instant)
    .option('--trust-zeros', trustZeros)
    .action(async (options: BuildOptions) => {
      const people: Link[] = [];
      await readPeople(options.people, row => people.push(row), options);
      const [key] = readFleetKeys(options.keys);
      const { denied: list, trustZeros } = options;
      const denied = list === undefined ? undefined : await readDenied(list, trustZeros);
      const built = buildLinkCache(options.out, people, key, options.asOf ?? Date.now(), denied);
      printOutcome(built);
    });
}

/**
 * Writes a new generation, of the version after the one in use.
 *
 * @param directory the cache's
 * @param asOf Unix milliseconds: how fresh the data says it is
 * @throws WrongUsage for a medium linked twice, a person with two statuses, a directory in which others have had a hand; then
 * nothing is written
 */
export function buildLinkCache(
  directory: string,
  people: readonly Link[],
  key: FleetKey,
  asOf: number,
  denied?: readonly DeniedMedium[],
) {
  const collector = collectPeople(key);
  for (const row of people) collector.add(row);
  const nameRow = (row: number) => `${people[row]?.medium} of person ${people[row]?.person}`;
  const { links, persons, statuses } = assignSlots(collector.columns(), nameRow);
  orWrongUsage(() => checkOwnTree(directory));
  const version = nextVersion(directory);
  const marks = marksOf(denied ?? [], key);
  const marked = withMarks(links, marks);
  writeCache(directory, { key, version, linksAsOf: asOf, statusAsOf: asOf, links: marked, statuses });
  const counts = { links: links.slots.length, persons: persons.slots.length };
  return denied === undefined ? counts : { ...counts, denied: marks.length };
}
