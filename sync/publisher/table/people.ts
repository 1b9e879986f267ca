/** Tables of who has linked what: CSV with the header `medium,account,person,status`. */
import { z } from 'zod';
import { statuses } from '../../../device/core/check.ts';
import { codePointName, withoutInvisible } from '../../../device/kit/visible.ts';
import { accountColumns, accountForm, isAccount, lostCells, mediumFields, watchRounded } from './account.ts';
import { type Columns, readHeader } from './header.ts';
import { parseTable, readTable } from './read-table.ts';

const row = z
  .strictObject({
    ...mediumFields,
    person: z
      .string()
      .transform(withoutInvisible)
      .pipe(
        z
          .string()
          .min(1)
          .max(64)
          .refine(hasNoControl, { error: ({ input }) => controlNamed(String(input)) }),
      ),
    status: z.string().toLowerCase().pipe(z.enum(statuses)),
  })
  .refine(link => isAccount(link.medium, link.account), { path: ['account'], message: accountForm });

const columns: Columns = {
  ...accountColumns,
  person: ['人员', '人员编号', '乘客', '乘客编号'],
  status: ['状态', '健康码', '健康码状态'],
};

/** One medium of one registered person. */
export type Link = z.infer<typeof row>;

export interface PeopleOptions {
  /** For the problems, where the file is a copy of another. */
  readonly name?: string;
  /** Long numbers that end in 0 are right, however many there are. */
  readonly trustZeros?: boolean | undefined;
}

/** @throws WrongUsage naming the first 50 problems */
export function parsePeople(csv: string, name: string, { trustZeros }: PeopleOptions = {}): Link[] {
  const links: Link[] = [];
  const { take, judge } = createPeople(link => links.push(link), trustZeros);
  parseTable(csv, columns, take, { judge, name });
  return links;
}

/**
 * Reads a whole table in bounded memory.
 *
 * @param visit gets every good row, in the table's order, with the line it ended on (from 1, the header's included);
 *   rows are also visited after a bad one, so what was visited counts only once this has resolved
 * @throws WrongUsage naming the first 50 problems, or a file that cannot be read; at once what `visit` throws
 */
export async function readPeople(
  file: string,
  visit: (row: Link, line: number) => void,
  { name = file, trustZeros }: PeopleOptions = {},
): Promise<void> {
  const { take, judge } = createPeople(visit, trustZeros);
  await readTable(file, columns, take, { judge, name });
}

/**
 * Reads some lines of a table, each a whole row.
 *
 * @param header the table's own, which gives the order of the fields
 * @param name for the problems; they count the lines given, the header being line 1
 * @throws WrongUsage naming the first 50 problems
 */
export function parseLines(header: string, lines: readonly string[], name: string): Link[] {
  return parsePeople([header, ...lines].join('\n'), name, { trustZeros: true });
}

/** Whether a line is the header of such a table. */
export function namesPeople(line: string): boolean {
  return readHeader(line, columns) !== undefined;
}

function createPeople(visit: (row: Link, line: number) => void, trustZeros = false) {
  const accounts = watchRounded('account');
  const persons = watchRounded('person');
  return {
    take(cells: readonly string[], line: number): readonly string[] {
      const [medium, account = '', person = '', status] = cells;
      const lost = lostCells({ account, person });
      if (lost.length > 0) return lost;
      const { success, data, error } = row.safeParse({ medium, account, person, status });
      if (!success) return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      accounts.see(data.account);
      persons.see(data.person);
      visit(data, line);
      return [];
    },
    judge: () => (trustZeros ? undefined : (accounts.problem() ?? persons.problem())),
  };
}

function hasNoControl(text: string): boolean {
  return controlIn(text) === undefined;
}

function controlNamed(text: string): string {
  return `has a control character, ${codePointName(controlIn(text) ?? '')}`;
}

/** A quoted field may have lines. */
function controlIn(text: string): string | undefined {
  return /(?![\t\r\n])[\p{Cc}\u202e]/u.exec(text)?.[0];
}
