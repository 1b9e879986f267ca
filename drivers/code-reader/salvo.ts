/**
 * Which of what a scanner module sends, and is no ride code, is another presentation: not what follows one of its kind at once, and
 * not the same code again while it is in view, as a sticker is before a module that reads all the time.
 */
import { stuckCode } from './module-talk.ts';
import type { Printed } from './printed.ts';

/** What comes sooner after another of its kind is of one salvo. People take longer. */
const salvoMs = 150;
/** As long as its refusal is on the screens. */
const sameCodeMs = 2000;
/** Nobody holds up a code for so long. */
const stuckMs = 60_000;

export type Refused = Exclude<Printed, { is: 'code' | 'talk' }>;

export interface Salvos {
  /** @param nowMs of a clock that never goes back */
  isPresentation(printed: Refused, nowMs: number): boolean;
  /** What a technician should know of what has come last; '' for nothing. */
  advice(): string;
  /** A code has come: what is damaged after it is somebody else's. */
  codeCame(): void;
}

export function createSalvos(): Salvos {
  const lastMs = new Map<string, number>();
  let inView: { readonly bytes: Buffer; readonly sinceMs: number; lastMs: number } | undefined;

  /** @returns whether it has been in view all the time */
  function keepInView(bytes: Uint8Array, nowMs: number): boolean {
    const isSame = inView?.bytes.equals(bytes) === true && nowMs - inView.lastMs < sameCodeMs;
    inView = { bytes: Buffer.from(bytes), sinceMs: isSame && inView ? inView.sinceMs : nowMs, lastMs: nowMs };
    return isSame;
  }

  return {
    isPresentation(printed, nowMs) {
      const kind = printed.is === 'foreign' ? printed.format : printed.is;
      const before = lastMs.get(kind) ?? Number.NEGATIVE_INFINITY;
      lastMs.set(kind, nowMs);
      const isHeld = printed.is === 'foreign' && keepInView(printed.bytes, nowMs);
      return !isHeld && nowMs - before >= salvoMs;
    },
    advice: () => (inView !== undefined && inView.lastMs - inView.sinceMs >= stuckMs ? stuckCode : ''),
    codeCame: () => void lastMs.delete('damaged'),
  };
}
