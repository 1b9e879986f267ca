/**
 * Notices a frozen picture: a camera, a driver or an encoder that hangs may send its last picture, or the few in its
 * buffers in turn, for ever. A sensor's noise makes every live picture a new one.
 *
 * Cheap: two pictures a second are hashed (some 0.3 ms for 640 × 480), and all of them only while the picture is frozen.
 * Pictures are compared by their bytes. So an encoder that encodes a frozen picture again, with other bytes, goes unnoticed;
 * and a lens covered so well that all is black and without noise counts as frozen.
 */
import { createHash } from 'node:crypto';
import type { GreyFrame } from './engine.ts';

export interface PictureWatch {
  /** The wire has been opened anew: the time for another picture starts again. */
  opened(nowMs: number): void;
  /**
   * `stale`: a picture already seen, from a camera known to be frozen. `overdue`: the same, and no new one has come for too
   * long. A few new pictures in a row end the freeze: a camera that starts may show one and hang again.
   */
  see(frame: GreyFrame, nowMs: number): 'live' | 'thawing' | 'stale' | 'overdue';
}

const lookEveryMs = 500;
const picturesToThaw = 3;
/** More than drivers and decoders have buffers; a looped file must not be over within this many looks. */
const picturesKept = 16;

/** @param frozenAfterMs 0 for never. It is kept across openings of the wire. */
export function createPictureWatch(frozenAfterMs: number): PictureWatch {
  const kept = new Set<string>();
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let newAtMs: number | undefined;
  let toThaw = 0;

  /** @returns whether it is one not seen lately */
  function keep({ grey }: GreyFrame): boolean {
    const hash = createHash('sha1').update(grey).digest('base64');
    const isNew = !kept.delete(hash);
    kept.add(hash);
    for (const oldest of kept) {
      if (kept.size <= picturesKept) break;
      kept.delete(oldest);
    }
    return isNew;
  }

  return {
    opened(nowMs) {
      newAtMs = nowMs;
      lookedAtMs = Number.NEGATIVE_INFINITY;
      if (toThaw > 0) toThaw = picturesToThaw;
    },
    see(frame, nowMs) {
      if (frozenAfterMs === 0) return 'live';
      if (toThaw === 0 && nowMs - lookedAtMs < lookEveryMs) return 'live';
      lookedAtMs = nowMs;
      if (keep(frame)) {
        newAtMs = nowMs;
        if (toThaw > 0) toThaw--;
        return toThaw === 0 ? 'live' : 'thawing';
      }
      const isOverdue = nowMs - (newAtMs ?? nowMs) >= frozenAfterMs;
      if (toThaw > 0 || isOverdue) toThaw = picturesToThaw;
      if (isOverdue) return 'overdue';
      return toThaw > 0 ? 'stale' : 'live';
    },
  };
}
