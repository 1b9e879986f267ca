/** The newest lines of the log, kept in memory within a bound: for who stands at the console, and for the diagnostics archive. */

export interface LogRing {
  add(line: string): void;
  /** The newest of those that `wanted` takes, oldest first. */
  newest(count: number, wanted?: (line: string) => boolean): string[];
}

export interface RingBounds {
  readonly lines: number;
  /** Of one line; what is longer is cut. */
  readonly lineChars: number;
  /** Of all lines together. */
  readonly chars: number;
}

const usualBounds: RingBounds = { lines: 1000, lineChars: 2000, chars: 256 * 1024 };

export function createLogRing({ lines, lineChars, chars }: RingBounds = usualBounds): LogRing {
  let kept: string[] = [];
  let keptChars = 0;

  return {
    add(line) {
      const text = line.trimEnd().slice(0, lineChars);
      kept.push(text);
      keptChars += text.length;
      // By halves: to take the first out of an array at each line would move all the others.
      if (kept.length <= 2 * lines && keptChars <= 2 * chars) return;
      kept = within(kept, lines, chars);
      keptChars = kept.reduce((sum, each) => sum + each.length, 0);
    },
    newest: (count, wanted = () => true) =>
      within(kept, lines, chars).filter(wanted).slice(-Math.max(1, count)),
  };
}

/** The newest that fit. */
function within(kept: readonly string[], lines: number, chars: number): string[] {
  let from = kept.length;
  let room = chars;
  while (from > 0 && kept.length - from < lines) {
    room -= kept[from - 1]?.length ?? 0;
    if (room < 0) break;
    from--;
  }
  return kept.slice(from);
}
