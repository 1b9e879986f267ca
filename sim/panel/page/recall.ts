/** Brings back the lines typed before, as a shell does. */
import { useRef } from 'preact/hooks';

export interface Recall {
  /** Takes a line that was entered. */
  entered(line: string): void;
  /** The line before the one in the field; undefined if there is none, or something else is being typed. */
  before(typed: string): string | undefined;
  /** The line after it, at last an empty one. */
  after(typed: string): string | undefined;
}

/** @param keptLines what others and earlier pages have done, oldest first; it comes before this page's own lines */
export function useRecall(keptLines: () => readonly string[]): Recall {
  const lines = useRef<string[] | undefined>(undefined);
  const at = useRef(0);
  const all = () => {
    lines.current ??= [...keptLines()];
    return lines.current;
  };
  /** A line that was changed since it came back begins again at the newest. */
  const place = (typed: string) => {
    const known = all();
    if (known[at.current] !== typed) at.current = known.length;
    return at.current;
  };
  return {
    entered(line) {
      const known = all();
      if (known.at(-1) !== line) known.push(line);
      at.current = known.length;
    },
    before(typed) {
      // What is being typed is not lost.
      if (typed !== '' && all()[at.current] !== typed) return undefined;
      const line = all()[place(typed) - 1];
      if (line !== undefined) at.current--;
      return line;
    },
    after(typed) {
      if (place(typed) >= all().length) return undefined;
      return all()[++at.current] ?? '';
    },
  };
}
