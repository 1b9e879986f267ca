/** A row of a bus's journal (docs/formats/journal.md), as it reaches the back office: hostile until it has passed this schema. */
import { z } from 'zod';
import { mediumKinds } from '../../../device/core/medium.ts';
import { stopId } from '../../../device/settings/values.ts';

/** Without NUL and halves of characters, which not every store can keep. */
const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[^\0\u{d800}-\u{dfff}]*$/u, 'must be text');
/** No bus of any size takes more at once. */
const maxFen = 10_000_000;
const fen = z.int().min(0).max(maxFen);
/** A purse that owes its overdraft is below nothing. */
const balance = z.int().min(-maxFen).max(maxFen);
/** Until the year 5138: room for clocks that are wrong, and for the arithmetic of days. */
const instant = z.int().min(0).max(1e14);
/** AUTOINCREMENT begins with 1; beyond this a row's number and its device's no longer fit into one. */
export const maxSeq = 2 ** 32 - 1;
const seq = z.int().min(1).max(maxSeq);
const bytes = (length: number) =>
  z.custom<Uint8Array>(
    value => value instanceof Uint8Array && value.length === length,
    `must be ${length} bytes`,
  );
const flag = z.union([z.literal(0), z.literal(1)]);

const columns = {
  seq,
  event: z.enum(['tap', 'purchase']),
  of_row: seq.nullable(),
  at: instant,
  reader: text(32),
  line: text(16),
  kind: z.enum(mediumKinds).nullable(),
  token: bytes(8).nullable(),
  code_digest: bytes(8).nullable(),
  verdict: text(32),
  reason: text(32).nullable(),
  phase: text(16),
  fare_taken: flag,
  fare_fen: fen,
  checked_row: seq.nullable(),
  checked_by: text(32).nullable(),
  card_kind: text(16).nullable(),
  bus: text(8).nullable(),
  stop: stopId.nullable(),
  step: z.enum(['on', 'off', 'single']).nullable(),
  on_stop: stopId.nullable(),
  on_at: instant.nullable(),
  most_fen: fen.nullable(),
  owed_fen: fen.nullable(),
  short_fen: fen.nullable(),
  purchase: z.enum(['begun', 'paid', 'not-paid', 'unknown']).nullable(),
  balance_fen: balance.nullable(),
  card_sequence: z.int().min(0).max(0xffff).nullable(),
  terminal: text(12).nullable(),
  terminal_sequence: z.int().min(0).max(0xffffffff).nullable(),
  tac: bytes(4).nullable(),
  mac_checked: flag.nullable(),
  /** Null where the validator believed its clock, or does not tell. */
  clock: z.literal('doubtful').nullable(),
};

/** Named as the journal's columns are. */
export const tapRowSchema = z.strictObject(columns).superRefine((row, context) => {
  const isEnd = row.event === 'purchase';
  if (isEnd !== (row.of_row !== null)) wrong('of_row', 'belongs to the end of a purchase');
  if (isEnd ? row.purchase === null || row.purchase === 'begun' : ended(row.purchase))
    wrong('purchase', 'does not belong to this event');

  function wrong(column: string, message: string): void {
    context.addIssue({ code: 'custom', path: [column], message });
  }
});

function ended(purchase: string | null): boolean {
  return purchase !== null && purchase !== 'begun';
}

export type TapRow = z.infer<typeof tapRowSchema>;

export const tapColumns = Object.keys(columns) as readonly (keyof TapRow)[];
export type StoredColumn = Exclude<keyof TapRow, 'seq'>;
/** What is stored of it under its number. */
export const storedColumns: readonly StoredColumn[] = tapColumns.filter(column => column !== 'seq');
/** By these two rows are known to be one person's, or a row to be somebody's: they go when trips are forgotten. */
export const columnsOfPeople: readonly StoredColumn[] = [
  ...(['token', 'code_digest', 'checked_by', 'on_stop', 'on_at'] as const),
  ...(['balance_fen', 'card_sequence', 'tac'] as const),
];
/** Those that journals of earlier firmware lack: null there, and every row is a tap's. */
export const laterColumns: ReadonlySet<string> = new Set([
  ...['event', 'of_row', 'checked_row', 'checked_by', 'card_kind', 'bus', 'stop', 'step', 'on_stop', 'on_at'],
  ...['most_fen', 'owed_fen', 'short_fen', 'purchase', 'balance_fen', 'card_sequence'],
  ...['terminal', 'terminal_sequence', 'tac', 'mac_checked', 'clock'],
]);
