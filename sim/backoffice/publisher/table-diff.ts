/** Which lines of a table have changed since the last one, without parsing those that have not. */
import { createLineBalance, type LineBalance } from './line-balance.ts';
import {
  fill,
  isAtEnd,
  isShort,
  type LineWindow,
  nextLine,
  openLineWindow,
  takeHeader,
  textOf,
} from './line-window.ts';
import { findGap, type Gap } from './realign.ts';

/** What one table has over the other, as bags of lines: a line that only moved is in neither, nor is an empty one. */
export interface TableDiff {
  readonly header: string;
  readonly removed: string[];
  readonly added: string[];
}

const newline = 0x0a;
const longestLook = 1 << 20;
const shortestLook = 64;

/**
 * Compares two CSV files line by line in bounded memory; \r\n and a missing newline at the end make no difference.
 *
 * Every line is either paired with one like it or goes into a balance, where it is cancelled by its like from the other
 * file. So the result is right however well the files were aligned; only the time depends on it.
 *
 * @param maxLines how many removed and added lines, counted together, are worth having; a changed line is two
 * @returns undefined when the files must be compared row by row: the difference is larger, or (4 times that and some
 *   thousand lines) too many lines are out of their places; the headers differ; some line has a double quote; a line
 *   that differs, or is near one, is longer than 4096 bytes or not UTF-8
 * @throws WrongUsage when a file cannot be read
 */
export async function diffTables(
  before: string,
  after: string,
  maxLines: number,
): Promise<TableDiff | undefined> {
  const old = await openLineWindow(before);
  try {
    const fresh = await openLineWindow(after);
    try {
      return await diffWindows(old, fresh, maxLines);
    } finally {
      await fresh.handle.close();
    }
  } finally {
    await old.handle.close();
  }
}

async function diffWindows(
  old: LineWindow,
  fresh: LineWindow,
  maxLines: number,
): Promise<TableDiff | undefined> {
  await Promise.all([fill(old), fill(fresh)]);
  const header = takeHeader(old);
  if (header === undefined || takeHeader(fresh) !== header) return undefined;
  const balance = createLineBalance();
  const mostInBalance = 4 * maxLines + 10_000;
  while (!isAtEnd(old) || !isAtEnd(fresh)) {
    if (isShort(old)) await fill(old);
    if (isShort(fresh)) await fill(fresh);
    skipAlike(old, fresh);
    if (!isShort(old) && !isShort(fresh)) stepOver(old, fresh, balance);
    if (old.odd || fresh.odd || balance.size > mostInBalance) return undefined;
  }
  if (balance.size > maxLines) return undefined;
  const removed = balance.removed();
  const added = balance.added();
  return removed && added && { header, removed, added };
}

/** Moves both windows past all lines that are the same, byte for byte. */
function skipAlike(old: LineWindow, fresh: LineWindow): void {
  const length = alikeLength(old, fresh);
  if (length === 0) return;
  const lines = old.buffer.subarray(old.start, old.start + length).lastIndexOf(newline) + 1;
  old.start += lines;
  fresh.start += lines;
}

function alikeLength(a: LineWindow, b: LineWindow): number {
  const limit = Math.min(a.end - a.start, b.end - b.start);
  let length = 0;
  let look = shortestLook * 4;
  while (length < limit) {
    const size = Math.min(look, limit - length);
    const [atA, atB] = [a.start + length, b.start + length];
    if (a.buffer.compare(b.buffer, atB, atB + size, atA, atA + size) === 0) {
      length += size;
      look = Math.min(look * 4, longestLook);
    } else if (size > shortestLook) look = size >>> 2;
    else break;
  }
  while (length < limit && a.buffer[a.start + length] === b.buffer[b.start + length]) length++;
  return length;
}

/** Moves past a difference, or past a line that only ends otherwise; both windows must have enough lines at hand. */
function stepOver(old: LineWindow, fresh: LineWindow, balance: LineBalance): void {
  const { before, after } = gapOf(old, fresh, balance);
  take(old, before, balance.remove);
  take(fresh, after, balance.add);
  if (before > 0 || after > 0) return;
  take(old, 1, () => undefined);
  take(fresh, 1, () => undefined);
}

/** A file whose next line waits in the balance catches up with the other one, which is ahead. */
function gapOf(old: LineWindow, fresh: LineWindow, balance: LineBalance): Gap {
  if (isKnown(old, balance.isAdded)) return { before: 1, after: 0 };
  if (isKnown(fresh, balance.isRemoved)) return { before: 0, after: 1 };
  return findGap(old, fresh);
}

function isKnown(window: LineWindow, isWaiting: (line: string) => boolean): boolean {
  const next = nextLine(window, window.start);
  return next !== undefined && isWaiting(textOf(window, window.start, next));
}

function take(window: LineWindow, lines: number, visit: (line: string) => void): void {
  for (let taken = 0; taken < lines; taken++) {
    const next = nextLine(window, window.start);
    if (next === undefined) return;
    visit(textOf(window, window.start, next));
    window.start = next;
  }
}
