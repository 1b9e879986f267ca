/** Reads tables of people too large to be held in memory, and the changed lines of one. */
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { createPeopleRows, type Link, parsePeople, tableFormat } from '../../links/people.ts';
import { readUtf8 } from '../utf8-file.ts';

/**
 * Reads a whole table in bounded memory.
 *
 * @param visit gets every good row, in the table's order, with the line it ended on (from 1, the header's included);
 *   rows are also visited after a bad one, so what was visited counts only once this has resolved
 * @param name for the problems, where the file is a copy of another
 * @throws WrongUsage naming the first 50 problems, or alone a row that cannot be split into fields, or a file that cannot
 *   be read or is not UTF-8; at once what `visit` throws
 */
export async function readPeople(
  file: string,
  visit: (row: Link, line: number) => void,
  name = file,
): Promise<void> {
  const rows = createPeopleRows(name);
  async function visitAll(records: AsyncIterable<string[]>): Promise<void> {
    for await (const fields of records) {
      const link = rows.take(fields);
      if (link !== undefined) visit(link, rows.line);
    }
  }
  let failure: unknown;
  try {
    await pipeline(readUtf8(file, name), parse(tableFormat), visitAll);
  } catch (error) {
    failure = error;
  }
  rows.finish(failure);
}

/**
 * Reads some lines of a table, each a whole row.
 *
 * @param header the table's own, which gives the order of the fields
 * @param name for the problems; they count the lines given, the header being line 1
 * @throws WrongUsage naming the first 50 problems, or alone a row that cannot be split into fields
 */
export function parseLines(header: string, lines: readonly string[], name: string): Link[] {
  return parsePeople([header, ...lines].join('\n'), name);
}
