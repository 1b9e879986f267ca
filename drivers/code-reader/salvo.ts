/**
 * Which of what a scanner module sends, and is no ride code, is another presentation: not what follows a code at once, of whatever kind
 * the two are, and not the same code again while it is in view, as a sticker is before a module that reads all the time.
 */
import { stuckCode } from './module-talk.ts';
import type { Printed } from './printed.ts';

/** What comes sooner after another code is of one salvo. People take longer. */
const salvoMs = 150;
/** As long as its refusal is on the screens. */
const sameCodeMs = 2000;
/** Nobody holds up a code for so long. */
const stuckMs = 60_000;
/** More stickers than stand before one module. */
const mostInView = 8;

/** A code may have been cut short. */
export type Refused = Printed & { readonly is: 'code' | 'foreign' | 'damaged' };

export interface Salvos {
  /** @param nowMs of a clock that never goes back */
  isPresentation(printed: Refused, nowMs: number): boolean;
  /** A ride code has come: what follows it at once is of its salvo. */
  rideCame(nowMs: number): void;
  /** What a technician should know of what has come last; '' for nothing. */
  advice(): string;
}

interface InView {
  readonly isForeign: boolean;
  readonly sinceMs: number;
  readonly lastMs: number;
}

export function createSalvos(): Salvos {
  let lastMs = Number.NEGATIVE_INFINITY;
  /** By what was printed, the one seen last at the end. */
  const inView = new Map<string, InView>();

  /** @returns whether it has been in view all the time */
  function keepInView({ is, bytes }: Refused, nowMs: number): boolean {
    const key = Buffer.from(bytes).toString('latin1');
    for (const [other, { lastMs }] of inView) if (nowMs - lastMs >= sameCodeMs) inView.delete(other);
    const before = inView.get(key);
    inView.delete(key);
    inView.set(key, { isForeign: is === 'foreign', sinceMs: before?.sinceMs ?? nowMs, lastMs: nowMs });
    const [oldest] = inView.keys();
    if (inView.size > mostInView && oldest !== undefined) inView.delete(oldest);
    return before !== undefined;
  }

  return {
    isPresentation(printed, nowMs) {
      // What stands in view makes no salvo that never ends.
      if (keepInView(printed, nowMs)) return false;
      const isOfSalvo = nowMs - lastMs < salvoMs;
      lastMs = nowMs;
      return !isOfSalvo;
    },
    rideCame(nowMs) {
      lastMs = nowMs;
    },
    advice() {
      const isStuck = [...inView.values()].some(
        ({ isForeign, sinceMs, lastMs }) => isForeign && lastMs - sinceMs >= stuckMs,
      );
      return isStuck ? stuckCode : '';
    },
  };
}
