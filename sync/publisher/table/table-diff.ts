/** Which lines of a table have changed since the last one, without parsing those that have not. */
import { isUtf8 } from 'node:buffer';
import {
  fill,
  firstLine,
  isAtEnd,
  isShort,
  type Line,
  type LineWindow,
  openLineWindow,
  skipAlike,
  takeHeader,
} from './line-window.ts';

/** What one table has over the other, as bags of lines: a line that only moved is in neither, nor is an empty one. */
export interface TableDiff {
  readonly header: string;
  readonly removed: string[];
  readonly added: string[];
}

/**
 * Compares two CSV files line by line in bounded memory; \r\n and a missing newline at the end make no difference.
 *
 * Where the files differ, the next line of each goes into a balance, and lines of the other file that are like it take it
 * out again. So after lines that only one file has, the other file's lines wait in the balance, the first file catches up
 * with them, and both go on in step.
 *
 * @param maxLines how many removed and added lines, counted together, are worth having; a changed line is two
 * @returns undefined when the files must be compared row by row: the difference is larger, or (4 times that and some
 *   thousand lines) too many lines are out of their places; the headers differ; some line has a double quote; a line
 *   that differs is longer than 4096 bytes or not UTF-8
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

/** Moves past the next line of each file; a file whose next line waits in the balance catches up with the other one. */
function stepOver(old: LineWindow, fresh: LineWindow, balance: LineBalance): void {
  const [before, after] = [firstLine(old), firstLine(fresh)];
  const oldIsBehind = before !== undefined && balance.isAdded(before.text);
  const freshIsBehind = !oldIsBehind && after !== undefined && balance.isRemoved(after.text);
  if (!freshIsBehind) take(old, before, balance.remove);
  if (!oldIsBehind) take(fresh, after, balance.add);
}

function take(window: LineWindow, line: Line | undefined, visit: (text: string) => void): void {
  if (line === undefined) return;
  visit(line.text);
  window.start = line.next;
}

type LineBalance = ReturnType<typeof createLineBalance>;

/** What two bags of lines have over one another, while both are still being filled; empty lines are left out. */
function createLineBalance() {
  const removed = new Map<string, number>();
  const added = new Map<string, number>();
  let size = 0;
  function move(line: string, from: Map<string, number>, to: Map<string, number>): void {
    if (line === '') return;
    const cancelled = from.get(line);
    if (cancelled === undefined) to.set(line, (to.get(line) ?? 0) + 1);
    else if (cancelled === 1) from.delete(line);
    else from.set(line, cancelled - 1);
    size += cancelled === undefined ? 1 : -1;
  }
  return {
    /** How many lines are in one bag and not, or not yet, in the other. */
    get size() {
      return size;
    },
    remove: (line: string) => move(line, added, removed),
    add: (line: string) => move(line, removed, added),
    /** Whether it has been added more often than removed. */
    isAdded: (line: string) => added.has(line),
    isRemoved: (line: string) => removed.has(line),
    /** @returns undefined when a line is not UTF-8 */
    removed: () => textsOf(removed),
    added: () => textsOf(added),
  };
}

function textsOf(counts: ReadonlyMap<string, number>): string[] | undefined {
  const texts: string[] = [];
  for (const [line, count] of counts) {
    const bytes = Buffer.from(line, 'latin1');
    if (!isUtf8(bytes)) return undefined;
    const text = bytes.toString();
    for (let copy = 0; copy < count; copy++) texts.push(text);
  }
  return texts;
}
