/** Tables of who has linked what: CSV with the header `medium,account,person,status`. */
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { statuses } from '../../device/core/check.ts';
import { mediumKinds } from '../../device/core/medium.ts';
import { messageOf } from '../../device/errors.ts';
import { WrongUsage } from '../wrong-usage.ts';

const account = {
  't-union': /^\d{19}$/,
  bmac: /^\d{16}$/,
  'ride-code': /^[0-9a-f]{20}$/,
} as const;

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

/** One medium of one registered person. */
export type Link = z.infer<typeof row>;

/** @throws WrongUsage naming every bad line */
export function parsePeople(csv: string, name: string): Link[] {
  const problems: string[] = [];
  const links = readRows(csv, name).flatMap(({ record, info }): Link[] => {
    const result = row.safeParse(record);
    if (result.success) return [result.data];
    for (const { path, message } of result.error.issues) {
      problems.push(`${name}: line ${info.lines}: ${path.join('.')}: ${message}`);
    }
    return [];
  });
  if (problems.length > 0) throw new WrongUsage(problems.join('\n'));
  return links;
}

const csvRow = z.array(
  z.object({ record: z.record(z.string(), z.string()), info: z.object({ lines: z.number() }) }),
);

function readRows(csv: string, name: string): z.infer<typeof csvRow> {
  try {
    return csvRow.parse(
      parse(csv, { columns: true, info: true, bom: true, skip_empty_lines: true, trim: true }),
    );
  } catch (error) {
    throw new WrongUsage(`${name}: ${messageOf(error)}`);
  }
}
