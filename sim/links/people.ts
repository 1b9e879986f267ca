/** Tables of who has linked what: CSV with the header `medium,account,person,status`. */
import { CsvError, type Options, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { statuses } from '../../device/core/check.ts';
import { type MediumKind, mediumKinds } from '../../device/core/medium.ts';
import { WrongUsage } from '../wrong-usage.ts';

const account = {
  't-union': /^\d{19}$/,
  bmac: /^\d{16}$/,
  'ride-code': /^[0-9a-f]{20}$/,
} as const;

/** @param text in lower case */
export function isAccount(medium: MediumKind, text: string): boolean {
  return account[medium].test(text);
}

const row = z
  .strictObject({
    medium: z.enum(mediumKinds),
    account: z.string().toLowerCase(),
    person: z.string().min(1).max(64),
    status: z.enum(statuses),
  })
  .refine(link => account[link.medium].test(link.account), {
    path: ['account'],
    message: 'must be 19 digits (t-union), 16 digits (bmac) or 20 hex digits (ride-code)',
  });

const columns = Object.keys(row.shape) as (keyof Link)[];
/** A longer row is refused. */
export const maxRowBytes = 4096;
const maxProblems = 50;

/** One medium of one registered person. */
export type Link = z.infer<typeof row>;

/** How csv-parse is to read a table: every row as an array of fields, empty lines too, so that lines can be counted. */
export const tableFormat = {
  bom: true,
  trim: true,
  relax_column_count: true,
  record_delimiter: ['\r\n', '\n'],
  max_record_size: maxRowBytes,
} satisfies Options;

/** Takes a table's rows one after the other, header first, and collects what is wrong with them. */
export interface PeopleRows {
  /** The line on which the newest row ended, from 1 */
  readonly line: number;
  /** @returns undefined for the header, an empty line and a bad row */
  take(fields: readonly string[]): Link | undefined;
  /**
   * Call it after the last row.
   * @param failure what broke off the reading, if anything did
   * @throws WrongUsage naming the first 50 problems, or alone the row where csv-parse broke off; another failure as it
   *   is
   */
  finish(failure?: unknown): void;
}

/** @param name the table's, for the problems */
export function createPeopleRows(name: string): PeopleRows {
  const problems: string[] = [];
  let count = 0;
  let line = 0;
  let order: number[] | undefined;
  function problem(at: number, text: string): undefined {
    if (count++ < maxProblems) problems.push(`${name}: line ${at}: ${text}`);
  }
  function check(fields: readonly string[], places: readonly number[]): Link | undefined {
    if (fields.length !== columns.length)
      return problem(line, `has ${fields.length} fields, not ${columns.length}`);
    const [medium, account, person, status] = places.map(place => fields[place]);
    const result = row.safeParse({ medium, account, person, status });
    if (result.success) return result.data;
    for (const { path, message } of result.error.issues) problem(line, `${path.join('.')}: ${message}`);
    return undefined;
  }
  return {
    get line() {
      return line;
    },
    take(fields) {
      line += linesOf(fields);
      if (fields.length === 1 && fields[0] === '') return undefined;
      if (order !== undefined) return check(fields, order);
      order = columns.map(column => fields.indexOf(column));
      if (fields.length === columns.length && !order.includes(-1)) return undefined;
      throw new WrongUsage(`${name}: line ${line}: the header must be ${columns.join()}`);
    },
    finish(failure) {
      // csv-parse gives up at once, and with it the rows it has not handed out yet.
      if (failure instanceof CsvError)
        throw new WrongUsage(`${name}: line ${failure.lines}: ${reasonOf(failure)}`);
      if (failure !== undefined) throw failure;
      if (order === undefined) problem(1, `the header must be ${columns.join()}`);
      if (count > maxProblems) problems.push(`and ${count - maxProblems} more`);
      if (count > 0) throw new WrongUsage(problems.join('\n'));
    },
  };
}

/** @throws WrongUsage naming the first 50 problems, or alone a row that cannot be split into fields */
export function parsePeople(csv: string, name: string): Link[] {
  const rows = createPeopleRows(name);
  const links: Link[] = [];
  let failure: unknown;
  try {
    for (const fields of parse(csv, tableFormat)) {
      const link = rows.take(fields);
      if (link !== undefined) links.push(link);
    }
  } catch (error) {
    failure = error;
  }
  rows.finish(failure);
  return links;
}

/** A quoted field may hold line ends of its own. */
function linesOf(fields: readonly string[]): number {
  let lines = 1;
  for (const field of fields) if (field.includes('\n')) lines += field.split('\n').length - 1;
  return lines;
}

/** csv-parse's own messages quote the field, which may be an account. */
function reasonOf({ code }: CsvError): string {
  if (code === 'CSV_MAX_RECORD_SIZE') return `is longer than ${maxRowBytes} bytes`;
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is not closed';
  return 'a quote inside a field';
}
