/** Publishes a table of people; of a later table only the lines that differ from the one before are parsed. */
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  createWriteStream,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { readPolicy } from '../../device/settings/policy-file.ts';
import { readCrewCards } from './crew-cards.ts';
import { keepEpoch } from './epochs/deliver-keys.ts';
import { currentKey } from './epochs/epoch-keys.ts';
import { feedPlaces } from './feed-places.ts';
import { checkLines } from './policy-and-lines.ts';
import type { Edition } from './publish-index.ts';
import { openPublisher, type Published, type Publisher } from './publisher.ts';
import { isRounded } from './table/account.ts';
import { type Link, namesPeople, parseLines, readPeople } from './table/people.ts';
import { collectPeople, columnsOf, noPeople } from './table/people-columns.ts';
import { diffTables } from './table/table-diff.ts';
import { isUnmarkedUtf8, maxRowBytes, readTableText } from './table/table-text.ts';

/** If more lines differ, the whole table is read. */
const maxChangedLines = 4_000_000;

/**
 * @param table CSV with the header medium,account,person,status
 * @param trustZeros long numbers that end in 0 are right, however many there are
 * @throws WrongUsage with every problem of the table; FileProblems of the policy or the lines. Nothing has been published then.
 */
export async function publishTable(
  dir: string,
  table: string,
  edition: Edition,
  trustZeros = false,
): Promise<Published> {
  readPolicy(edition.policyFile);
  if (edition.linesFile !== undefined) checkLines(edition.linesFile);
  if (edition.crewCardsFile !== undefined) readCrewCards(edition.crewCardsFile);
  await keepEpoch(dir, edition);
  const publisher = openPublisher(dir);
  // A copy, so that what is kept for the next time is what is published, even if the table changes meanwhile.
  const taken = { ...(await takeTable(dir, table)), trustZeros };
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
  readonly trustZeros: boolean;
}

/**
 * Publishes the same table as a new version.
 * @returns undefined where that is not possible: the table must be published again
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
  { file, name, trustZeros }: TakenTable,
  edition: Edition,
): Promise<Published | undefined> {
  const places = feedPlaces(dir);
  const before = places.table(publisher.version);
  if (!existsSync(before)) return undefined;
  const difference = await diffTables(before, file, maxChangedLines);
  if (difference === undefined) return undefined;
  const key = currentKey(dir);
  try {
    const { header } = difference;
    const removed = columnsOf(key, parseLines(header, difference.removed, before));
    const added = parseLines(header, difference.added, name);
    // A few rows tell nothing of a spreadsheet: the whole table does.
    if (!trustZeros && added.length > 0 && added.every(({ account }) => isRounded(account))) return undefined;
    return publisher.publishChanges(removed, columnsOf(key, added), nameRowsOf(name, added), edition);
  } catch (error) {
    // The whole table is read next: then the problems name lines of the table.
    if (error instanceof WrongUsage) return undefined;
    throw error;
  }
}

async function publishWhole(
  dir: string,
  publisher: Publisher,
  { file, name, trustZeros }: TakenTable,
  edition: Edition,
): Promise<Published> {
  const key = currentKey(dir);
  const people = collectPeople(key);
  const lines = createLineNumbers();
  const take = (row: Link, line: number) => {
    people.add(row);
    lines.add(line);
  };
  await readPeople(file, take, { name, trustZeros });
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

/** In UTF-8, in which lines can be compared. @throws WrongUsage when it cannot be read */
async function takeTable(dir: string, table: string): Promise<Pick<TakenTable, 'file' | 'name'>> {
  const file = feedPlaces(dir).takenTable;
  try {
    rmSync(file, { force: true });
    copyFileSync(table, file, constants.COPYFILE_EXCL);
    // A copy has the modes of what it is copied from.
    chmodSync(file, 0o600);
    if (!isUnmarkedUtf8(beginningOf(file), namesPeople)) {
      const text = readTableText(table, namesPeople);
      await pipeline(text, createWriteStream(file));
    }
  } catch (error) {
    rmSync(file, { force: true });
    throw error instanceof WrongUsage ? error : new WrongUsage(`${table}: ${messageOf(error)}`);
  }
  return { file, name: table };
}

function beginningOf(file: string): Buffer {
  const handle = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(2 * maxRowBytes);
    return bytes.subarray(0, readSync(handle, bytes));
  } finally {
    closeSync(handle);
  }
}

/** For the next time. Its name has the version, so that no other version's table is taken for it. */
function keepTable(dir: string, { file }: Pick<TakenTable, 'file'>, version: number): void {
  const kept = feedPlaces(dir).table(version);
  renameSync(file, kept);
  for (const name of readdirSync(dirname(kept))) {
    const path = join(dirname(kept), name);
    if (/^people-\d+\.csv$/.test(name) && path !== kept) rmSync(path);
  }
}
