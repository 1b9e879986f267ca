/** Settled days as tables for spreadsheets. */
import { beijingTime } from '../../../device/core/beijing-time.ts';
import { mediumKinds } from '../../../device/core/medium.ts';
import type { Sums } from './day-account.ts';
import type { DayAccount } from './settled-file.ts';

/** Without it a spreadsheet takes UTF-8 for the machine's own code. */
const byteOrderMark = '\uFEFF';

const amounts = [
  'unfinished',
  'waiting',
  'acrossEpochs',
  'unreported',
  'madeUp',
  'refundFen',
  'shortFen',
] as const;
const findings = ['unresolvedFen', 'differences', 'differencesFen', 'loadsFen', 'refused', 'denied'] as const;

/** A line of the bus a row, and one for all of them. Amounts in fen. */
export function dayCsv({ day, lines, ...all }: DayAccount): string {
  const perMedium = ['rides', 'revenueFen', 'dueFen'].flatMap(what =>
    mediumKinds.map(kind => `${what} ${kind}`),
  );
  const header = ['day', 'line', 'rides', ...perMedium, ...amounts, ...findings];
  const named = Object.entries(lines).sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  const rows = [...named, ['', all] as const].map(([line, sums]) => [
    asText(day),
    asText(line),
    ...cells(sums),
  ]);
  return table([header, ...rows]);
}

function cells(sums: Sums): number[] {
  const { rides, ridesBy, revenueFen, dueFen } = sums;
  const perMedium = [ridesBy, revenueFen, dueFen].flatMap(by => mediumKinds.map(kind => by[kind]));
  return [rides, ...perMedium, ...[...amounts, ...findings].map(name => sums[name])];
}

/** A row of `ride` in a settled day. */
export type RideRow = Readonly<Record<(typeof rideColumns)[number], string | number | null>>;

export const rideColumns = [
  ...['id', 'line', 'medium', 'bus', 'began_at', 'on_stop', 'off_at', 'off_stop', 'state', 'reason'],
  ...['fare_fen', 'paid_fen', 'due_fen', 'short_fen', 'refund_fen', 'unresolved_fen', 'rows'],
] as const;
const times = ['began_at', 'off_at'];

/** @param nameRows puts the journals' rows into words */
export function ridesCsv(rides: Iterable<RideRow>, nameRows: (rows: string) => string): string {
  const rows = [...rides].map(ride =>
    rideColumns.map(column => {
      const value = ride[column];
      if (value === null) return '';
      if (times.includes(column)) return asText(beijingTime(Number(value)));
      if (column === 'rows') return asText(nameRows(String(value)));
      return typeof value === 'number' ? value : asText(value);
    }),
  );
  return table([rideColumns, ...rows]);
}

/** Marked as text, a spreadsheet makes no date of stop 38-01, no number of line 010, and runs nothing of it. */
function asText(value: string): string {
  return `="${value.replaceAll('"', '""')}"`;
}

function table(rows: readonly (readonly (string | number)[])[]): string {
  const quoted = (cell: string | number) =>
    typeof cell === 'number' ? cell : `"${cell.replaceAll('"', '""')}"`;
  return `${byteOrderMark}${rows.map(row => row.map(quoted).join(',')).join('\r\n')}\r\n`;
}
