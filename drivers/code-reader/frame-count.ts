/** How many frames a camera sends, and how large they are. */
import type { CameraSight } from '../../device/ports.ts';
import type { GreyFrame } from './engine.ts';

export interface FrameCount {
  /** @param frames that have arrived together, the newest last */
  note(frames: readonly GreyFrame[]): void;
  now(): Pick<CameraSight, 'size' | 'frames' | 'framesPerS'>;
}

/** Frames per second are counted over so long. */
const windowMs = 5000;
/** More than any camera sends in that time. */
const mostKept = 1000;

/** @param nowMs the monotonic clock */
export function createFrameCount(nowMs = () => performance.now()): FrameCount {
  let size: CameraSight['size'];
  let frames = 0;
  /** When each of the last arrived. */
  const times: number[] = [];

  function forget(now: number): void {
    while (times.length > mostKept || (times[0] ?? now) < now - windowMs) times.shift();
  }

  return {
    note(arrived) {
      const newest = arrived.at(-1);
      if (newest === undefined) return;
      const { width, height } = newest;
      size = { width, height };
      frames += arrived.length;
      const now = nowMs();
      for (const _ of arrived) times.push(now);
      forget(now);
    },
    now() {
      forget(nowMs());
      return { size, frames, framesPerS: Math.round((times.length * 10_000) / windowMs) / 10 };
    },
  };
}
