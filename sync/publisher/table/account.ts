/** Accounts as tables and people write them, and what a spreadsheet makes of long numbers. */
import { z } from 'zod';
import { type MediumKind, mediumKinds } from '../../../device/core/medium.ts';
import { withoutInvisible } from '../../../device/kit/visible.ts';
import type { Columns } from './header.ts';

const account = {
  't-union': /^\d{19}$/,
  bmac: /^\d{16}$/,
  'ride-code': /^[0-9a-f]{20}$/,
} as const;

export const accountForm = 'must be 19 digits (t-union), 16 digits (bmac) or 20 hex digits (ride-code)';

/** @param text as `regularAccount` gives it */
export function isAccount(medium: MediumKind, text: string): boolean {
  return account[medium].test(text);
}

/** Without the spaces and dashes that cards are printed with, full-width forms, and the apostrophe that makes it a text in a spreadsheet. */
export function regularAccount(text: string): string {
  if (/^[0-9a-f]+$/.test(text)) return text;
  return withoutInvisible(text.normalize('NFKC'))
    .replace(/^['‘’]/, '')
    .replace(/[\s\p{Pd}]/gu, '')
    .toLowerCase();
}

/** `T-Union`, `t_union` and `T‑Union` are t-union. Any other name stays as it is, in lower case. */
export function regularMedium(text: string): string {
  if ((mediumKinds as readonly string[]).includes(text)) return text;
  const lower = withoutInvisible(text.normalize('NFKC')).toLowerCase();
  const dashed = lower.replace(/[\s_\p{Pd}]+/gu, '-');
  return (mediumKinds as readonly string[]).includes(dashed) ? dashed : lower;
}

/** The columns that say which medium it is, with their other names. */
export const accountColumns = {
  medium: ['介质', '介质类型', '媒介', '卡种', '卡类型'],
  account: ['账号', '帐号', '卡号', '账户'],
} as const satisfies Columns;

/** The fields of a row that names a medium of the bus group's; `isAccount` looks at them together. */
export const mediumFields = {
  medium: z.string().transform(regularMedium).pipe(z.enum(mediumKinds)),
  account: z.string().transform(regularAccount),
};

const exactDigits = 15;
const shortened = /^[+-]?\d([.,]\d+)?E\+?\d{1,3}$/i;
const noValue = /^(#(N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!)|\\N|NULL|\(null\))$/i;

/** What is looked at more closely: most cells have nothing of it. */
const suspect = /[+.#\\(\ufffd]|^null$/i;

/** @param cells by column. @returns what a spreadsheet or a database has not left whole of them */
export function lostCells(cells: Readonly<Record<string, string>>): string[] {
  const lost: string[] = [];
  for (const column in cells) {
    const cell = cells[column] ?? '';
    const what = suspect.test(cell) ? lostValue(cell) : undefined;
    if (what !== undefined) lost.push(`${column}: ${what}`);
  }
  return lost;
}

function lostValue(cell: string): string | undefined {
  if (cell.includes('\ufffd'))
    return 'has U+FFFD, which stands for a character that was lost: save the table again';
  if (noValue.test(cell)) return 'says that there is no value';
  if (shortened.test(cell))
    return 'is a number that a spreadsheet has shortened (like 3.1E+18): make the column text before the numbers come into it';
  return undefined;
}

/** Whether it could be a longer number of which 15 digits are left. */
export function isRounded(cell: string): boolean {
  return isLong(cell) && /^0+$/.test(cell.slice(exactDigits));
}

function isLong(cell: string): boolean {
  return cell.length > exactDigits && /^[1-9]\d+$/.test(cell);
}

/** Tells whether the long numbers of a table have lost what comes after their 15th digit, which a spreadsheet makes 0. */
export interface RoundedNumbers {
  see(cell: string): void;
  /** @returns what is wrong with them all */
  problem(): string | undefined;
}

/** So many zeros in so many numbers come by chance once in 10^12 tables: three numbers of 19 digits. */
const enoughZeros = 12;

/** @param what they are, for the problem */
export function watchRounded(what: string): RoundedNumbers {
  let [long, rounded, zeros] = [0, 0, 0];
  return {
    see(cell) {
      if (!isLong(cell)) return;
      long++;
      if (!isRounded(cell)) return;
      rounded++;
      zeros += cell.length - exactDigits;
    },
    problem() {
      if (zeros < enoughZeros || 2 * rounded < long) return undefined;
      return (
        `${rounded} of ${long} long numbers (${what}) have nothing but 0 after their 15th digit, as after a spreadsheet: ` +
        'make the column text before the numbers come into it. If they are right, --trust-zeros takes them'
      );
    },
  };
}

/** The option's description, of each command that reads a table. */
export const trustZeros = 'long numbers that end in 0 are right: no spreadsheet has rounded them';
