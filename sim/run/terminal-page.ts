/** A long answer, shown alone: as much of it as the terminal has rows for, and keys to go on and back. */
import type { Key } from 'node:readline';
import type { TerminalSize } from './terminal-layout.ts';
import { broken, cut } from './terminal-rows.ts';

/** The rows for a size of the terminal. */
export interface TerminalPage {
  rows(size: TerminalSize): string[];
  /** @returns whether the page stays; the key ends it otherwise */
  press(key: Key, size: TerminalSize): boolean;
}

export function createPage(lines: readonly string[]): TerminalPage {
  let top = 0;

  function measure({ rows = 40, columns = 84 }: TerminalSize) {
    const all = lines.flatMap(line => broken(line, columns));
    // One row says how to go on, and the last one is the command line's.
    const height = Math.max(1, rows - 2);
    const last = Math.max(0, all.length - height);
    return { all, height, last, columns };
  }

  return {
    rows(size) {
      const { all, height, last, columns } = measure(size);
      const from = Math.min(top, last);
      const to = Math.min(all.length, from + height);
      const isWhole = last === 0;
      const where = isWhole ? '' : `${from + 1}–${to} of ${all.length} · space: on · b: back · `;
      return [...all.slice(from, to), cut(`${where}any ${isWhole ? '' : 'other '}key: leave`, columns)];
    },
    press({ name = '' }, size) {
      const { height, last } = measure(size);
      const steps: Readonly<Record<string, number>> = {
        ...{ space: height, pagedown: height, b: -height, pageup: -height },
        ...{ down: 1, up: -1, home: -last, end: last },
      };
      const step = steps[name];
      if (step === undefined || last === 0 || (step > 0 && top >= last)) return false;
      top = Math.max(0, Math.min(last, Math.min(top, last) + step));
      return true;
    },
  };
}
