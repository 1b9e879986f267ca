/**
 * Decodes the newest frame of a camera, and tells which codes are presented.
 *
 * One frame is at the decoder and at most one waits; a newer one takes its place.
 */
import type { CodeReaderEvents } from '../../device/ports.ts';
import type { Decoder } from './decoder.ts';
import type { GreyFrame } from './engine.ts';
import { createPresence } from './presence.ts';

export interface NewestFrameReader {
  show(frame: GreyFrame): void;
  /** Whether a code that buys no ride here stands in view. */
  isHindered(): boolean;
  /** Nothing is presented any more. */
  stop(): void;
}

/** @param goneAfterMs after this long out of view, a code counts as presented again */
export function createNewestFrameReader(
  decoder: Decoder,
  goneAfterMs: number,
  presented: CodeReaderEvents['presented'],
): NewestFrameReader {
  const presence = createPresence(goneAfterMs);
  let waiting: GreyFrame | undefined;
  let decoding = false;
  let stopped = false;

  async function decodeNewest(): Promise<void> {
    decoding = true;
    while (waiting !== undefined && !stopped) {
      const frame = waiting;
      waiting = undefined;
      const effort = presence.nextEffort(performance.now());
      const look = await decoder.look(frame, effort, presence.held());
      const read = look && presence.see(look, performance.now());
      if (read !== undefined && !stopped) presented(read);
    }
    decoding = false;
  }

  return {
    show(frame) {
      waiting = frame;
      if (!decoding) void decodeNewest();
    },
    isHindered: presence.isHindered,
    stop() {
      stopped = true;
    },
  };
}
