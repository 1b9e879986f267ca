/** Passes on what comes, so much a second; of what comes faster only one waits for its turn, the newest unless told otherwise. */
import { createWorkBudget } from './work-budget.ts';

export interface Turns<T> {
  offer(item: T): void;
  /** Nothing is passed on afterwards. */
  stop(): void;
}

export interface TurnsOptions<T> {
  /** So many may come at once. */
  readonly burst: number;
  readonly perS: number;
  /** May call `stop`. */
  passOn(item: T): void;
  /** Called for each item that has lost its turn to another. */
  dropped?(item: T): void;
  /** The item with the greater weight stays in the place; of equals the newer one. */
  weight?(item: T): number;
}

export function newestInTurn<T extends NonNullable<unknown>>(options: TurnsOptions<T>): Turns<T> {
  const { burst, perS, passOn, dropped = () => {}, weight = () => 0 } = options;
  const budget = createWorkBudget(burst, perS);
  let waiting: T | undefined;
  let turn: NodeJS.Timeout | undefined;

  function next(): void {
    turn = undefined;
    if (waiting === undefined) return;
    if (!budget.take()) {
      turn = setTimeout(next, budget.waitMs());
      return;
    }
    const item = waiting;
    waiting = undefined;
    passOn(item);
  }

  return {
    offer(item) {
      const [loser, winner] =
        waiting !== undefined && weight(waiting) > weight(item) ? [item, waiting] : [waiting, item];
      if (loser !== undefined) dropped(loser);
      waiting = winner;
      if (turn === undefined) next();
    },
    stop() {
      waiting = undefined;
      clearTimeout(turn);
    },
  };
}
