/** Text for the console: durations, instants, columns. */
import { beijingTime } from '../core/beijing-time.ts';

export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.round(hours / 24)} days`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** @param since on the monotonic clock. @returns `for 3 s, since 2022-05-23 07:00:00 +08:00` */
export function sinceWhen(
  since: number,
  { clock, monotonic }: { readonly clock: () => number; readonly monotonic: () => number },
): string {
  const ageMs = monotonic() - since;
  return `for ${duration(ageMs)}, since ${beijingTime(clock() - ageMs)}`;
}

/** Instants of the texts that other parts have written, as crew and technician count them. */
export function inBeijingTime(text: string): string {
  return text.replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z/g, instant =>
    beijingTime(Date.parse(instant)),
  );
}

/** Rows with their columns aligned, two spaces between. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widthOf = (column: number) => Math.max(...rows.map(row => row[column]?.length ?? 0));
  const widths = (rows[0] ?? []).map((_, column) => widthOf(column));
  return rows
    .map(row =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
