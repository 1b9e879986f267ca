/** Finds where two texts that are alike up to here and differ in the next line go on alike. */
import { type LineWindow, linesAhead, nextLine, textEnd } from './line-window.ts';

/** The coming lines of one text, found when they are asked for. */
interface Lines {
  readonly window: LineWindow;
  /** Where each line begins, and after the last one where it ends */
  readonly starts: number[];
}

/** How many lines to leave unpaired in each text before the next pair. */
export interface Gap {
  readonly before: number;
  readonly after: number;
}

/**
 * Looks some lines ahead for the nearest pair, through lines taken away, put in, or changed. It need not be the best
 * one: what is left unpaired is compared again as a whole.
 *
 * @returns no lines at all when the next two lines are alike, or when both windows are at their ends
 */
export function findGap(before: LineWindow, after: LineWindow): Gap {
  const old: Lines = { window: before, starts: [before.start] };
  const fresh: Lines = { window: after, starts: [after.start] };
  if (areAlike(old, 0, fresh, 0)) return { before: 0, after: 0 };
  for (let ahead = 1; ahead < linesAhead; ahead++) {
    if (areAlike(old, ahead, fresh, 0)) return { before: ahead, after: 0 };
    if (areAlike(old, 0, fresh, ahead)) return { before: 0, after: ahead };
    if (areAlike(old, ahead, fresh, ahead)) return { before: ahead, after: ahead };
  }
  return { before: countOf(old), after: countOf(fresh) };
}

function has({ window, starts }: Lines, index: number): boolean {
  while (starts.length < index + 2) {
    const next = nextLine(window, starts[starts.length - 1] ?? window.end);
    if (next === undefined) return false;
    starts.push(next);
  }
  return true;
}

function countOf(lines: Lines): number {
  has(lines, linesAhead - 1);
  return lines.starts.length - 1;
}

function areAlike(a: Lines, indexA: number, b: Lines, indexB: number): boolean {
  if (!has(a, indexA) || !has(b, indexB)) return false;
  const startA = a.starts[indexA] ?? 0;
  const startB = b.starts[indexB] ?? 0;
  const length = textEnd(a.window, startA, a.starts[indexA + 1] ?? 0) - startA;
  if (textEnd(b.window, startB, b.starts[indexB + 1] ?? 0) - startB !== length) return false;
  // Backwards, for the lines of a table begin alike.
  for (let at = length - 1; at >= 0; at--) {
    if (a.window.buffer[startA + at] !== b.window.buffer[startB + at]) return false;
  }
  return true;
}
