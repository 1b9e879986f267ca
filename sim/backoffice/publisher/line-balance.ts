/** What two bags of lines have over one another, while both are still being filled. */
import { isUtf8 } from 'node:buffer';

export interface LineBalance {
  /** How many lines are in one bag and not, or not yet, in the other */
  readonly size: number;
  remove(line: string): void;
  add(line: string): void;
  /** Is there one more of it added than removed? */
  isAdded(line: string): boolean;
  isRemoved(line: string): boolean;
  /** @returns undefined when a line is not UTF-8 */
  removed(): string[] | undefined;
  added(): string[] | undefined;
}

/** Lines are the bytes of UTF-8 text as one character each (latin1); empty ones are left out. */
export function createLineBalance(): LineBalance {
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
    get size() {
      return size;
    },
    remove: line => move(line, added, removed),
    add: line => move(line, removed, added),
    isAdded: line => added.has(line),
    isRemoved: line => removed.has(line),
    removed: () => listOf(removed),
    added: () => listOf(added),
  };
}

function listOf(counts: ReadonlyMap<string, number>): string[] | undefined {
  const lines: string[] = [];
  for (const [line, count] of counts) {
    const bytes = Buffer.from(line, 'latin1');
    if (!isUtf8(bytes)) return undefined;
    const text = bytes.toString();
    for (let copy = 0; copy < count; copy++) lines.push(text);
  }
  return lines;
}
