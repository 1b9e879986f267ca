/** The commands of this page: which are under way, and what the last one came to. */
import { useState } from 'preact/hooks';
import { holdPicture, type Outcome, runCommand } from './api.ts';

/** A command that has ended. */
export interface Done {
  /** Counts the page's commands. */
  readonly id: number;
  readonly line: string;
  readonly outcome: Outcome;
  /** Whoever asked shows the whole answer. */
  readonly isShownInPlace: boolean;
  /** Unix milliseconds */
  readonly at: number;
}

export interface Doing {
  /** What is under way, oldest first. */
  readonly begun: readonly Pick<Done, 'id' | 'line'>[];
  /** None while the page has done nothing. */
  readonly done: Done | undefined;
  /** @param isShownInPlace the caller shows the whole answer */
  run(line: string, isShownInPlace?: boolean): Promise<Outcome>;
  holdPicture(post: string, picture: Blob): Promise<Outcome>;
}

let lastId = 0;

export function useDoing(): Doing {
  const [begun, setBegun] = useState<Doing['begun']>([]);
  const [done, setDone] = useState<Done | undefined>(undefined);

  /** What is begun is seen at once, however long the simulator takes. */
  async function follow(line: string, ask: () => Promise<Outcome>, isShownInPlace = false): Promise<Outcome> {
    const id = ++lastId;
    setBegun(before => [...before, { id, line }]);
    const outcome = await ask();
    setBegun(before => before.filter(command => command.id !== id));
    setDone({ id, line, outcome, isShownInPlace, at: Date.now() });
    return outcome;
  }

  return {
    begun,
    done,
    run: (line, isShownInPlace) => follow(line, () => runCommand(line), isShownInPlace),
    holdPicture: (post, picture) => follow(`picture ${post}`, () => holdPicture(post, picture)),
  };
}

/** Whether the page has begun something after its last command ended. */
export function isAhead({ begun, done }: Pick<Doing, 'begun' | 'done'>): boolean {
  return (begun.at(-1)?.id ?? 0) > (done?.id ?? 0);
}
