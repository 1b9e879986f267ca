/** Reads tables: CSV as spreadsheets, databases and other systems write it. Every table that somebody names is read here. */
import { pipeline } from 'node:stream/promises';
import { CsvError, type Options, parse } from 'csv-parse';
import { parse as parseSync } from 'csv-parse/sync';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { printable } from '../../../device/kit/printable.ts';
import { trimmed } from '../../../device/kit/visible.ts';
import { createProblemList } from '../problem-list.ts';
import {
  type Columns,
  delimiters,
  headerLineOf,
  isBlank,
  isSeparatorLine,
  placesOf,
  readHeader,
  usualDelimiter,
  withoutEmptyEnd,
} from './header.ts';
import { maxRowBytes, readTableText, withoutMark } from './table-text.ts';

/**
 * Takes a row.
 * @param cells in the order of the columns, without what a spreadsheet puts around them
 * @param line where the row ended, from 1, the header's included
 * @returns what is wrong with it
 */
export type TakeRow = (cells: readonly string[], line: number) => readonly string[];

const recordDelimiters = ['\r\n', '\n', '\r'];

/**
 * Reads a whole table in bounded memory.
 *
 * @param take gets every row, in the table's order; also after a bad one, so what it took counts only once this has resolved
 * @param judge says what is wrong with the table as a whole
 * @param name for the problems, where the file is a copy of another
 * @throws WrongUsage naming the first 50 problems, or a file that cannot be read or whose text is in no certain encoding;
 *   at once what `take` throws
 */
export async function readTable(
  file: string,
  columns: Columns,
  take: TakeRow,
  { judge, name = file }: { judge?: () => string | undefined; name?: string } = {},
): Promise<void> {
  const rows = createRows(name, columns, take);
  const isHeader = (line: string) => readHeader(line, columns) !== undefined;
  const text = readTableText(file, isHeader, name);
  let failure: unknown;
  try {
    const { value: first = '' } = await text.next();
    await pipeline(
      () => mended(String(first), text),
      parse(formatOf(String(first), columns)),
      async records => {
        for await (const fields of records as AsyncIterable<string[]>) rows.take(fields);
      },
    );
  } catch (error) {
    failure = error;
    if (error instanceof CsvError) await takeLost(readTableText(file, isHeader, name), columns, rows);
  }
  rows.finish(failure, judge);
}

/**
 * Takes the rows that csv-parse had read and not handed out when it gave up. It hands out each before it reads on only if it
 * describes each too, which takes as long as the reading: so the table is read once more.
 */
async function takeLost(text: AsyncGenerator<string>, columns: Columns, rows: Rows): Promise<void> {
  const { value: first = '' } = await text.next();
  const parser = parse({ ...formatOf(String(first), columns), on_record: skipTaken(rows) });
  await pipeline(() => mended(String(first), text), parser.resume()).catch(() => undefined);
}

/** csv-parse drops what it gets null for. */
function skipTaken(rows: Rows): (fields: string[]) => null {
  let left = rows.taken;
  return fields => {
    if (left > 0) left--;
    else rows.take(fields);
    return null;
  };
}

/** The same for a table in memory. */
export function parseTable(
  text: string,
  columns: Columns,
  take: TakeRow,
  { judge, name }: { judge?: () => string | undefined; name: string },
): void {
  const rows = createRows(name, columns, take);
  let failure: unknown;
  try {
    const format = { ...formatOf(text, columns), on_record: skipTaken(rows) };
    parseSync(withoutTail(mendedLines(text)), format);
  } catch (error) {
    failure = error;
  }
  rows.finish(failure, judge);
}

/** Every row as an array of fields, empty lines too, so that lines can be counted. */
function formatOf(beginning: string, columns: Columns): Options {
  const header = readHeader(headerLineOf(withoutMark(beginning)), columns);
  return {
    bom: true,
    trim: true,
    relax_column_count: true,
    delimiter: header?.delimiter ?? usualDelimiter,
    record_delimiter: recordDelimiters,
    max_record_size: maxRowBytes,
  };
}

type Rows = ReturnType<typeof createRows>;

/** Reads the rows one after the other, header first, and collects what is wrong with them. */
function createRows(name: string, columns: Columns, take: TakeRow) {
  const problems = createProblemList();
  const wrongHeader = `the header must be ${Object.keys(columns).join()}`;
  let line = 0;
  let taken = 0;
  let places: readonly number[] | undefined;
  const problem = (text: string) => problems.add(`${name}: ${text}`);
  function check(fields: readonly string[], order: readonly number[]): readonly string[] {
    const cells = fields.length === order.length ? fields : withoutEmptyEnd(fields.map(cellOf));
    if (cells.length > order.length || fields.length < order.length)
      return [`has ${fields.length} fields, not ${order.length}`];
    return take(
      order.map(place => cellOf(cells[place] ?? '')),
      line,
    );
  }
  /** A quote that is not closed is told where its row begins. */
  function lineOf({ code, lines }: CsvError): number {
    return code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE' ? line + 1 : Number(lines);
  }
  return {
    /** How many, with the header and blank ones. */
    get taken() {
      return taken;
    },
    take(fields: readonly string[]): void {
      taken++;
      line += linesOf(fields);
      if (isBlank(fields)) return;
      if (places !== undefined) {
        for (const what of check(fields, places)) problem(`line ${line}: ${what}`);
        return;
      }
      if (isSeparatorLine(fields)) return;
      places = placesOf(fields, columns);
      if (places === undefined) throw new WrongUsage(printable(`${name}: line ${line}: ${wrongHeader}`));
    },
    /** @param failure what broke off the reading, if anything did */
    finish(failure: unknown, judge: () => string | undefined = () => undefined): void {
      // What cannot be split into rows has problems before it all the same.
      if (failure instanceof CsvError)
        problem(`line ${lineOf(failure)}: ${reasonOf(failure)}; nothing after it was read`);
      else if (failure instanceof WrongUsage && problems.count > 0) problems.addLast(failure.message);
      else if (failure !== undefined) throw failure;
      else if (places === undefined) problem(`line 1: ${wrongHeader}`);
      const what = judge();
      if (what !== undefined) problem(what);
      if (problems.count > 0) throw new WrongUsage(problems.text());
    },
  };
}

const plain = /^[\w.-]*$/;

/** `="123"` and `'123` are texts in a spreadsheet. */
function cellOf(field: string): string {
  if (plain.test(field)) return field;
  const [, quoted] = /^="(.*)"$/s.exec(field) ?? [];
  return trimmed(quoted ?? field).replace(/^['‘’＇](?=[+\p{Nd}])/u, '');
}

/** A quoted field may hold line ends of its own. */
function linesOf(fields: readonly string[]): number {
  let lines = 1;
  for (const field of fields)
    if (field.includes('\n') || field.includes('\r')) lines += field.split(/\r\n|\n|\r/).length - 1;
  return lines;
}

/** csv-parse's own messages quote the field, which may be an account. */
function reasonOf({ code }: CsvError): string {
  if (code === 'CSV_MAX_RECORD_SIZE') return `is longer than ${maxRowBytes} bytes`;
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is not closed';
  return 'a quote inside a field';
}

/** Whole lines, mended; the last ones without what ends a file on old systems. */
async function* mended(first: string, others: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = first;
  for await (const text of others) {
    const end = Math.max(rest.lastIndexOf('\n'), rest.lastIndexOf('\r')) + 1;
    // Without line ends it is no table: the parser says so.
    const cut = end === 0 && rest.length > maxRowBytes ? rest.length : end;
    if (cut > 0) yield mendedLines(rest.slice(0, cut));
    rest = rest.slice(cut) + text;
  }
  yield withoutTail(mendedLines(rest));
}

const between = `[${delimiters.join('')}\r\n]`;
const formula = new RegExp(`(^|${between})="([^"\r\n]*)"(?=${between}|$)`, 'g');

/** A formula that stands for a text has quotes inside a field: `a,="123",b`. */
function mendedLines(text: string): string {
  return text.includes('="') ? text.replace(formula, '$1"$2"') : text;
}

/** Ctrl-Z. */
function withoutTail(text: string): string {
  const end = text.trimEnd();
  return end.endsWith('\u001a') ? withoutTail(end.slice(0, -1)) : text;
}
