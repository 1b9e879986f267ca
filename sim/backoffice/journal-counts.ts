/** How many taps of which verdict are in a validator's journal. */
import type { TapRow } from './intake/tap-row.ts';

export interface JournalCounts {
  readonly rows: number;
  readonly byVerdict: Readonly<Record<string, number>>;
}

export function countRows(rows: readonly TapRow[]): JournalCounts {
  const taps = rows.filter(({ event }) => event === 'tap');
  const byVerdict: Record<string, number> = {};
  for (const { verdict } of taps) byVerdict[verdict] = (byVerdict[verdict] ?? 0) + 1;
  return { rows: taps.length, byVerdict };
}
