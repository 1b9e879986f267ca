/** Publishes a whole table of people, reading only the lines that are not as in the table published before. */
import { copyFileSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../../../device/errors.ts';
import { readPolicy } from '../../../device/settings/policy-file.ts';
import { readFleetKeys } from '../../../sync/fleet-keys.ts';
import type { Link } from '../../links/people.ts';
import { WrongUsage } from '../../wrong-usage.ts';
import { feedPlaces } from './feed-places.ts';
import { checkLines } from './lines-text.ts';
import { collectPeople, columnsOf, noPeople } from './people-columns.ts';
import { parseLines, readPeople } from './people-table.ts';
import type { Edition } from './publish-index.ts';
import { openPublisher, type Published, type Publisher } from './publisher.ts';
import { diffTables } from './table-diff.ts';

/** More lines than this are not looked at one by one: the table is read as a whole. */
const maxChangedLines = 4_000_000;

/**
 * @param table CSV with the header medium,account,person,status
 * @throws WrongUsage with every problem of the table; FileProblems of the policy or the lines. Nothing has been published then.
 */
export async function publishTable(dir: string, table: string, edition: Edition): Promise<Published> {
  readPolicy(edition.policyFile);
  if (edition.linesFile !== undefined) checkLines(edition.linesFile);
  const publisher = openPublisher(dir);
  // Whatever becomes of the table meanwhile: what is kept for the next time is what is published.
  const taken = takeTable(dir, table);
  try {
    const published =
      (await publishDifference(dir, publisher, taken, edition)) ??
      (await publishWhole(dir, publisher, taken, edition));
    keepTable(dir, taken, published.version);
    return published;
  } finally {
    publisher.close();
    rmSync(taken.file, { force: true });
  }
}

/** A copy of a table, and the name that its owner knows it by. */
interface TakenTable {
  readonly file: string;
  readonly name: string;
}

/**
 * The same table as a new version.
 * @returns undefined where that cannot be: the table has to be published again
 */
export function publishAgain(dir: string, publisher: Publisher, edition: Edition): Published | undefined {
  const { table } = feedPlaces(dir);
  const before = table(publisher.version);
  const published = publisher.publishChanges(noPeople, noPeople, () => '', edition);
  if (published !== undefined && existsSync(before)) renameSync(before, table(published.version));
  return published;
}

/** @returns undefined where the whole table has to be read */
async function publishDifference(
  dir: string,
  publisher: Publisher,
  { file, name }: TakenTable,
  edition: Edition,
): Promise<Published | undefined> {
  const places = feedPlaces(dir);
  const before = places.table(publisher.version);
  if (!existsSync(before)) return undefined;
  const difference = await diffTables(before, file, maxChangedLines);
  if (difference === undefined) return undefined;
  const [key] = readFleetKeys(places.fleetKeys);
  try {
    const { header } = difference;
    const removed = columnsOf(key, parseLines(header, difference.removed, before));
    const added = parseLines(header, difference.added, name);
    return publisher.publishChanges(removed, columnsOf(key, added), nameRowsOf(name, added), edition);
  } catch (error) {
    // Reading all of it names the lines as they stand in the table.
    if (error instanceof WrongUsage) return undefined;
    throw error;
  }
}

async function publishWhole(
  dir: string,
  publisher: Publisher,
  { file, name }: TakenTable,
  edition: Edition,
): Promise<Published> {
  const [key] = readFleetKeys(feedPlaces(dir).fleetKeys);
  const people = collectPeople(key);
  const lines = createLineNumbers();
  const take = (row: Link, line: number) => {
    people.add(row);
    lines.add(line);
  };
  await readPeople(file, take, name);
  return publisher.publishAll(people.columns(), row => `${name}: line ${lines.of(row)}`, edition);
}

/** The line each row ended on: for nearly all tables the row's own number and one more. */
function createLineNumbers() {
  const jumps: { readonly row: number; readonly offset: number }[] = [];
  let count = 0;
  return {
    add(line: number) {
      const offset = line - count;
      if (offset !== (jumps.at(-1)?.offset ?? Number.NaN)) jumps.push({ row: count, offset });
      count++;
    },
    of: (row: number) => row + (jumps.findLast(jump => jump.row <= row)?.offset ?? 0),
  };
}

function nameRowsOf(table: string, rows: readonly Link[]): (row: number) => string {
  return row => `${table}: a row of person ${rows[row]?.person}`;
}

/** @throws WrongUsage when it cannot be read */
function takeTable(dir: string, table: string): TakenTable {
  const file = feedPlaces(dir).takenTable;
  try {
    copyFileSync(table, file);
  } catch (error) {
    throw new WrongUsage(`${table}: ${messageOf(error)}`);
  }
  return { file, name: table };
}

/** For the next time; kept under its version, so that another version's is never taken for it. */
function keepTable(dir: string, { file }: TakenTable, version: number): void {
  const kept = feedPlaces(dir).table(version);
  renameSync(file, kept);
  for (const name of readdirSync(dirname(kept))) {
    const path = join(dirname(kept), name);
    if (/^people-\d+\.csv$/.test(name) && path !== kept) rmSync(path);
  }
}
