/**
 * Whether the validator lives: a tap of nobody's card goes through the queue, look-up, decision and the journal's disk, again and again.
 * A validator that hangs anywhere on that way, or whose disk takes nothing, is not alive; a reader or a display that is away is a fault.
 */
import type { Log } from '../kit/log.ts';

export interface LivenessParts {
  /** @returns whether a tap could be taken; it does not settle while the way is blocked */
  rehearse(): Promise<boolean>;
  readonly everyMs: number;
  /** Called after each rehearsal that went well. */
  alive(): void;
  readonly log: Log;
}

/** Begins with a rehearsal at once. @returns ends the rehearsals */
export function watchLiveness({ rehearse, everyMs, alive, log }: LivenessParts): () => void {
  let isRunning = false;
  let isWell = true;

  function tell(isWellNow: boolean, why: string): void {
    if (isWell && !isWellNow) log.error('not-alive', { why });
    isWell = isWellNow;
  }

  async function look(): Promise<void> {
    if (isRunning) return tell(false, 'a tap hangs');
    isRunning = true;
    const couldTap = await rehearse();
    isRunning = false;
    tell(couldTap, 'the journal takes no row');
    if (couldTap) alive();
  }

  void look();
  const timer = setInterval(() => void look(), everyMs);
  return () => clearInterval(timer);
}
