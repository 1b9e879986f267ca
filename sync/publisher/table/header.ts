/** Which columns a table has, in which order and parted by what, as its first row says. */
import { trimmed, withoutInvisible } from '../../../device/kit/visible.ts';

/** The columns of a kind of table, each with the other names that it goes by. */
export type Columns = Readonly<Record<string, readonly string[]>>;

export interface Header {
  readonly delimiter: string;
  /** For each column, which field of a row it is. */
  readonly places: readonly number[];
}

export const usualDelimiter = ',';
/** Also U+001F and U+0001, which databases write; and the comma and semicolon of a Chinese keyboard. */
export const delimiters = [usualDelimiter, ';', '\t', '|', '\u001f', '\u0001', '，', '；'];

/** What some spreadsheets write before the header, and others read there. */
const separatorLine = /^"?sep=.?"?$/i;

/** @returns undefined where the line names not each column once, and nothing else */
export function readHeader(line: string, columns: Columns): Header | undefined {
  for (const delimiter of delimiters) {
    const places = placesOf(line.split(delimiter).map(unquoted), columns);
    if (places !== undefined) return { delimiter, places };
  }
  return undefined;
}

/** @returns for each column, which of the fields has its name; undefined where they are not the columns */
export function placesOf(fields: readonly string[], columns: Columns): readonly number[] | undefined {
  const named = withoutEmptyEnd(fields.map(regular));
  const wanted = Object.entries(columns).map(([name, others]) => [name.toLowerCase(), ...others]);
  if (named.length !== wanted.length) return undefined;
  const places = wanted.map(names => named.findIndex(field => names.includes(field)));
  return new Set(places).size === places.length && !places.includes(-1) ? places : undefined;
}

/** @returns the first line of a table that could be its header */
export function headerLineOf(text: string): string {
  return text.split(/\r\n|\n|\r/).find(line => !isBlank([line]) && !isSeparatorLine([line])) ?? '';
}

export function isBlank(fields: readonly string[]): boolean {
  return fields.every(field => field === '' || trimmed(field) === '');
}

export function isSeparatorLine(fields: readonly string[]): boolean {
  return fields.length <= 2 && separatorLine.test(fields.join(''));
}

/** Spreadsheets write columns that have been empty for a long time. */
export function withoutEmptyEnd(fields: readonly string[]): readonly string[] {
  return fields.slice(0, fields.findLastIndex(field => field !== '') + 1);
}

function unquoted(field: string): string {
  return trimmed(field).replace(/^"(.*)"$/, '$1');
}

function regular(field: string): string {
  return trimmed(withoutInvisible(field.normalize('NFKC'))).toLowerCase();
}
