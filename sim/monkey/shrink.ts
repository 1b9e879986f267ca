/** Delta debugging (Zeller's ddmin): finds a short part of a sequence that still fails, of which no single item can be left out. */

/**
 * @param fails whether the sequence fails; asked until `mayGoOn` says no
 * @returns a sequence that fails, as short as was found
 */
export async function shrink<T>(
  items: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean>,
  mayGoOn: () => boolean,
): Promise<readonly T[]> {
  let current = await shortestTail(items, fails, mayGoOn);
  let parts = 2;
  while (current.length > 1 && mayGoOn()) {
    const size = Math.ceil(current.length / parts);
    const smaller = await withoutAPart(current, size, fails, mayGoOn);
    if (smaller !== undefined) {
      current = smaller;
      parts = Math.max(2, Math.min(parts - 1, current.length));
    } else if (size === 1) break;
    else parts = Math.min(current.length, parts * 2);
  }
  return current;
}

/** A failure mostly comes of what was done just before it, so short tails are the cheapest tries. */
async function shortestTail<T>(
  items: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean>,
  mayGoOn: () => boolean,
): Promise<readonly T[]> {
  for (let length = 1; length < items.length && mayGoOn(); length *= 3) {
    const tail = items.slice(-length);
    if (await fails(tail)) return tail;
  }
  return items;
}

async function withoutAPart<T>(
  items: readonly T[],
  size: number,
  fails: (items: readonly T[]) => Promise<boolean>,
  mayGoOn: () => boolean,
): Promise<readonly T[] | undefined> {
  for (let from = 0; from < items.length && mayGoOn(); from += size) {
    const rest = [...items.slice(0, from), ...items.slice(from + size)];
    if (rest.length > 0 && (await fails(rest))) return rest;
  }
  return undefined;
}
