/** Takes the requests of one browser one after the other, so that none overwrites what another has just changed. */

export interface Turns {
  /**
   * Waits for this key's turn.
   * @returns ends the turn; undefined where too many wait already
   */
  take(key: string): Promise<(() => void) | undefined>;
}

/** @param maxWaiting for one key, the one at work included */
export function createTurns(maxWaiting: number): Turns {
  const lines = new Map<string, { waiting: number; last: Promise<void> }>();
  return {
    async take(key) {
      const line = lines.get(key) ?? { waiting: 0, last: Promise.resolve() };
      if (line.waiting >= maxWaiting) return undefined;
      lines.set(key, line);
      line.waiting++;
      const before = line.last;
      const { promise, resolve } = withResolvers();
      line.last = promise;
      await before;
      return () => {
        if (resolve() && --line.waiting === 0) lines.delete(key);
      };
    },
  };
}

function withResolvers(): { promise: Promise<void>; resolve: () => boolean } {
  let isResolved = false;
  let settle: () => void = () => undefined;
  const promise = new Promise<void>(resolve => {
    settle = resolve;
  });
  const resolve = () => {
    if (isResolved) return false;
    isResolved = true;
    settle();
    return true;
  };
  return { promise, resolve };
}
