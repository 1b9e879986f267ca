/** Tables of who owns what: CSV with the header `phone,name,medium,account`, read strictly, in bounded memory. */
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { type MediumKind, mediumKinds } from '../../../device/core/medium.ts';
import { isAccount, maxRowBytes, tableFormat } from '../../links/people.ts';
import { WrongUsage } from '../../wrong-usage.ts';
import { nameSchema, phoneSchema, regularPhone } from '../registration/identity.ts';
import { readUtf8 } from '../utf8-file.ts';

const maxForeignLength = 64;
const header = ['phone', 'name', 'medium', 'account'];

const rowSchema = z
  .strictObject({
    phone: z.string().transform(regularPhone).pipe(phoneSchema),
    name: nameSchema,
    medium: z
      .string()
      .toLowerCase()
      .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,31}$/u, 'must be t-union, bmac, ride-code, or a short name'),
    account: z.string().transform(regularAccount).pipe(z.string().min(1).max(maxForeignLength)),
  })
  .refine(({ medium, account }) => !isOurs(medium) || isAccount(medium, account), {
    path: ['account'],
    message: 'must be 19 digits (t-union), 16 digits (bmac) or 20 hex digits (ride-code)',
  });

export interface MediaRow {
  /** Where it ended, from 1, the header's included. */
  readonly line: number;
  readonly phone: string;
  /** Comparable. */
  readonly name: string;
  /** One of ours, or any other name: something foreign. */
  readonly medium: string;
  readonly account: string;
}

/** As cards have it printed: in groups. */
function regularAccount(text: string): string {
  return text.normalize('NFKC').replace(/\s/gu, '').toLowerCase();
}

/** What is wrong with a row that is well-formed; undefined for nothing. */
export type Accepts = (row: MediaRow) => string | undefined;

export function isOurs(medium: string): medium is MediumKind {
  return (mediumKinds as readonly string[]).includes(medium);
}

/**
 * @param take gets every row that is well-formed; what it returns is wrong with the row
 * @throws WrongUsage naming every bad line, never with what it holds; what was taken counts only if it does not throw
 */
export async function readMediaTable(file: string, take: Accepts): Promise<void> {
  const problems: string[] = [];
  let line = 0;
  let seenHeader = false;

  /** @returns what is wrong with the row */
  function check(fields: readonly string[]): readonly (string | undefined)[] {
    const [phone, name, medium, account] = fields;
    if (fields.length !== header.length) return [`has ${fields.length} fields, not ${header.length}`];
    const { success, data, error } = rowSchema.safeParse({ phone, name, medium, account });
    if (success) return [take({ line, ...data })];
    return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  }
  function takeRow(fields: readonly string[]): void {
    for (const what of check(fields)) {
      if (what !== undefined) problems.push(`${file}: line ${line}: ${what}`);
    }
  }
  async function readAll(records: AsyncIterable<string[]>): Promise<void> {
    for await (const fields of records) {
      line += fields.join('').split('\n').length;
      if (seenHeader) {
        if (fields.length > 1 || fields[0] !== '') takeRow(fields);
      } else if (fields.join() === header.join()) seenHeader = true;
      else throw new WrongUsage(`${file}: line ${line}: the header must be ${header.join()}`);
    }
  }

  try {
    await pipeline(readUtf8(file), parse(tableFormat), readAll);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // csv-parse gives up here, and its own message quotes the field.
    problems.push(`${file}: line ${error.lines}: ${reasonOf(error)}; nothing after it was read`);
  }
  if (!seenHeader && problems.length === 0)
    problems.push(`${file}: line 1: the header must be ${header.join()}`);
  if (problems.length > 0) throw new WrongUsage(problems.join('\n'));
}

function reasonOf({ code }: CsvError): string {
  if (code === 'CSV_MAX_RECORD_SIZE') return `is longer than ${maxRowBytes} bytes`;
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is not closed';
  return 'a quote inside a field';
}
