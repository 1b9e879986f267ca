/**
 * Denied media: lost and cloned cards, and debtors. The publisher is given them as a table with the header `medium,account,reason`, and
 * keeps it among its private files. In the feed they are marks beside the links, under the key of the version (feed/denied-marks.ts);
 * the reason stays here.
 */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { MediumKind } from '../../device/core/medium.ts';
import { writeDurably } from '../../device/kit/durable-file.ts';
import { readInputText } from '../../device/kit/input-file.ts';
import { markOf } from '../feed/denied-marks.ts';
import { tokenNumber } from '../feed/links.ts';
import { type FleetKey, tokenOf } from '../fleet-keys.ts';
import { feedPlaces } from './feed-places.ts';
import {
  accountColumns,
  accountForm,
  isAccount,
  lostCells,
  mediumFields,
  watchRounded,
} from './table/account.ts';
import type { Columns } from './table/header.ts';
import { parseTable, readTable } from './table/read-table.ts';
import { distinctKeys } from './table/sort-order.ts';

export const deniedReasons = ['lost', 'cloned', 'debtor'] as const;
export type DeniedReason = (typeof deniedReasons)[number];

export interface DeniedMedium {
  readonly medium: MediumKind;
  readonly account: string;
  readonly reason: DeniedReason;
}

/** The option's description, of each command that takes the table. */
export const deniedTable =
  'CSV with the header medium,account,reason (lost, cloned or debtor): media that are not taken, from now on';

/** As many as one delta can bring. */
export const maxDenied = 2 ** 20;
/** Of as many rows as this program writes, with room to spare. */
const maxKeptBytes = 64 * maxDenied;

const columns: Columns = { ...accountColumns, reason: ['原因', '禁用原因'] };
const row = z
  .strictObject({ ...mediumFields, reason: z.string().toLowerCase().pipe(z.enum(deniedReasons)) })
  .refine(({ medium, account }) => isAccount(medium, account), { path: ['account'], message: accountForm });

/**
 * A medium may be there twice, as lost and as a debtor's.
 * @param trustZeros long numbers that end in 0 are right, however many there are
 * @throws WrongUsage naming the lines that cannot be used
 */
export async function readDenied(file: string, trustZeros = false): Promise<readonly DeniedMedium[]> {
  const { media, take, judge } = createRows(trustZeros);
  await readTable(file, columns, take, { judge });
  return media;
}

function createRows(trustZeros: boolean) {
  const media: DeniedMedium[] = [];
  const accounts = watchRounded('account');
  return {
    media,
    take([medium, account = '', reason]: readonly string[]): readonly string[] {
      const lost = lostCells({ account });
      if (lost.length > 0) return lost;
      const { data, error } = row.safeParse({ medium, account, reason });
      if (data === undefined) return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      accounts.see(data.account);
      media.push(data);
      return media.length > maxDenied ? [`is one medium more than ${maxDenied}`] : [];
    },
    judge: () => (trustZeros ? undefined : accounts.problem()),
  };
}

const header = Object.keys(columns).join();

/** From now on these are denied; of an empty list, nobody. */
export function takeDenied(dir: string, media: readonly DeniedMedium[]): void {
  const lines = media.map(({ medium, account, reason }) => `${medium},${account},${reason}\n`);
  writeDurably(feedPlaces(dir).denied, `${header}\n${lines.join('')}`, 0o600);
}

/** Those last given; undefined where none ever were. @throws WrongUsage where the file is damaged */
export function takenDenied(dir: string): readonly DeniedMedium[] | undefined {
  const { denied } = feedPlaces(dir);
  if (!existsSync(denied)) return undefined;
  const { media, take } = createRows(true);
  parseTable(readInputText(denied, maxKeptBytes), columns, take, { name: denied });
  return media;
}

/** The tokens of their marks, ascending, each once. */
export function marksOf(media: readonly DeniedMedium[], key: FleetKey): BigUint64Array {
  const tokens = media.map(({ medium, account }) => markOf(tokenNumber(tokenOf(key, medium, account))));
  return distinctKeys(BigUint64Array.from(tokens)).keys;
}
