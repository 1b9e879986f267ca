/**
 * Which of the sightings frame after frame are presentations: a code is presented when it comes into view, and
 * again only after it was out of view for `goneAfterMs`.
 *
 * While several codes have been in view together nobody can say whose turn it is: a single one of them is not
 * presented until that view has been over for `goneAfterMs`.
 */
import type { CodeRead } from '../../device/ports.ts';

export interface Presence {
  /**
   * @param codes the different codes of one frame, none, one or several
   * @param nowMs milliseconds of a clock that never goes back
   * @returns what has just been presented
   */
  see(codes: readonly Uint8Array[], nowMs: number): CodeRead | undefined;
}

export function createPresence(goneAfterMs: number): Presence {
  const lastSeenMs = new Map<string, number>();
  let severalSeenMs = Number.NEGATIVE_INFINITY;

  function forgetTheGone(nowMs: number): void {
    for (const [key, seenMs] of lastSeenMs) if (nowMs - seenMs >= goneAfterMs) lastSeenMs.delete(key);
  }

  return {
    see(codes, nowMs) {
      forgetTheGone(nowMs);
      const severalBefore = nowMs - severalSeenMs < goneAfterMs;
      for (const key of codes.map(keyOf)) if (lastSeenMs.has(key)) lastSeenMs.set(key, nowMs);
      const [code] = codes;
      if (code === undefined) return undefined;
      if (codes.length > 1) {
        severalSeenMs = nowMs;
        return severalBefore ? undefined : { refused: 'several-codes' };
      }
      if (severalBefore || lastSeenMs.has(keyOf(code))) return undefined;
      lastSeenMs.set(keyOf(code), nowMs);
      return { bytes: code };
    },
  };
}

function keyOf(code: Uint8Array): string {
  return Buffer.from(code).toString('latin1');
}
