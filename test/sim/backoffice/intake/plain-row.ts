/** A row as a store gives it back, to be compared with what it was given. */
import { type TapRow, tapColumns } from '../../../../sim/backoffice/intake/tap-row.ts';

/** With bytes as they were given, and its columns in their order. */
export function plainRow(row: TapRow): TapRow {
  const plain = (value: unknown) => (value instanceof Uint8Array ? new Uint8Array(value) : value);
  return Object.fromEntries(tapColumns.map(column => [column, plain(row[column])])) as TapRow;
}
