/** Stores what comes together by one commit: a disk has a few hundred of them in a second, and a server's answer is a way there and back. */
import { setImmediate } from 'node:timers/promises';
import type { TapPortion, TapStore, TapsTaken } from './tap-store.ts';

export interface Grouping {
  /** All of it or nothing; what was taken is on the disk when it resolves. */
  take(portions: readonly TapPortion[]): Promise<readonly TapsTaken[]>;
  /** So many at the same time. */
  readonly atOnce: number;
  /** Whether one portion may be why all were refused: then each is tried by itself. */
  isOfOne(error: unknown): boolean;
}

interface WaitingPortion {
  readonly portion: TapPortion;
  readonly resolve: (taken: TapsTaken) => void;
  readonly reject: (error: unknown) => void;
}

/** No commit takes longer than others can wait for. */
const rowsAtOnce = 2000;

export function takeTogether({ take, atOnce, isOfOne }: Grouping): TapStore['take'] {
  let waiting: WaitingPortion[] = [];
  let working = 0;

  async function work(): Promise<void> {
    working++;
    // What comes in the same turn goes along.
    for (await setImmediate(); waiting.length > 0; await setImmediate()) {
      const some = firstOf(waiting);
      waiting = waiting.slice(some.length);
      await takeSome(some);
    }
    working--;
  }

  async function takeSome(some: readonly WaitingPortion[]): Promise<void> {
    try {
      const taken = await take(some.map(({ portion }) => portion));
      some.forEach(({ resolve }, i) => void (taken[i] && resolve(taken[i])));
    } catch (error) {
      if (some.length > 1 && isOfOne(error)) for (const each of some) await takeSome([each]);
      else for (const { reject } of some) reject(error);
    }
  }

  return portion =>
    new Promise((resolve, reject) => {
      waiting.push({ portion, resolve, reject });
      if (working < atOnce) void work();
    });
}

function firstOf(waiting: readonly WaitingPortion[]): readonly WaitingPortion[] {
  let rows = 0;
  const end = waiting.findIndex(({ portion }) => {
    rows += portion.rows.length;
    return rows > rowsAtOnce;
  });
  return waiting.slice(0, end === -1 ? waiting.length : Math.max(1, end));
}
