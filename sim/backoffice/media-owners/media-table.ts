/** Reads tables of who owns which medium: CSV with the header `phone,name,medium,account`, strictly and in bounded memory. */
import { z } from 'zod';
import { type MediumKind, mediumKinds } from '../../../device/core/medium.ts';
import {
  accountColumns,
  accountForm,
  isAccount,
  lostCells,
  regularAccount,
  regularMedium,
  watchRounded,
} from '../../../sync/publisher/table/account.ts';
import { readTable } from '../../../sync/publisher/table/read-table.ts';
import { nameSchema, phoneSchema, regularPhone } from '../registration/identity.ts';

const maxForeignLength = 64;
const columns = {
  phone: ['手机', '手机号', '手机号码', '电话', '电话号码', '联系电话'],
  name: ['姓名', '名字'],
  ...accountColumns,
};

const rowSchema = z
  .strictObject({
    phone: z.string().transform(regularPhone).pipe(phoneSchema),
    name: nameSchema,
    medium: z
      .string()
      .transform(regularMedium)
      .pipe(
        z
          .string()
          .regex(
            /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,31}$/u,
            'must be t-union, bmac, ride-code, or a short name',
          ),
      ),
    account: z.string().transform(regularAccount).pipe(z.string().min(1).max(maxForeignLength)),
  })
  .refine(({ medium, account }) => !isOurs(medium) || isAccount(medium, account), {
    path: ['account'],
    message: accountForm,
  });

export interface MediaRow {
  /** The line where the row ended, from 1; the header counts. */
  readonly line: number;
  readonly phone: string;
  /** As `comparableName` gives it. */
  readonly name: string;
  /** A kind of the bus group's, or any other name for something foreign. */
  readonly medium: string;
  readonly account: string;
}

/** @returns what is wrong with a well-formed row; undefined where it is accepted */
export type Accepts = (row: MediaRow) => string | undefined;

export function isOurs(medium: string): medium is MediumKind {
  return (mediumKinds as readonly string[]).includes(medium);
}

/**
 * @param take gets every well-formed row, and returns what is wrong with it
 * @param trustZeros long numbers that end in 0 are right, however many there are
 * @throws WrongUsage naming the first 50 bad lines, but never their content; then the rows already taken do not count
 */
export async function readMediaTable(file: string, take: Accepts, trustZeros = false): Promise<void> {
  const accounts = watchRounded('account');
  await readTable(
    file,
    columns,
    ([phone = '', name = '', medium = '', account = ''], line) => {
      const lost = lostCells({ phone, name, account });
      if (lost.length > 0) return lost;
      const { success, data, error } = rowSchema.safeParse({ phone, name, medium, account });
      if (!success) return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      accounts.see(data.account);
      const what = take({ line, ...data });
      return what === undefined ? [] : [what];
    },
    { judge: () => (trustZeros ? undefined : accounts.problem()) },
  );
}
