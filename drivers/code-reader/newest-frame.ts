/**
 * Decodes the newest frame of a camera, and tells which codes are presented.
 *
 * One frame is at the decoder and at most one waits; a newer one takes its place.
 */
import type { CodeReaderEvents, GreyPicture, SightedCodeKind } from '../../device/ports.ts';
import type { Decoder } from './decoder.ts';
import type { GreyFrame } from './engine.ts';
import { withoutPlaces } from './masked-picture.ts';
import { createPresence } from './presence.ts';

export interface NewestFrameReader {
  show(frame: GreyFrame): void;
  /** Whether a code that buys no ride here stands in view. */
  isHindered(): boolean;
  /** What is in view. */
  inView(): readonly SightedCodeKind[];
  /** The next frame that is looked at, black where a code is or was; undefined where none comes before `signal` aborts. */
  picture(signal: AbortSignal): Promise<GreyPicture | undefined>;
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
  /** Whoever waits for a picture: a frame is copied for them alone. */
  let askers: ((picture: GreyPicture | undefined) => void)[] = [];

  async function decodeNewest(): Promise<void> {
    decoding = true;
    while (waiting !== undefined && !stopped) {
      const frame = waiting;
      waiting = undefined;
      const effort = presence.nextEffort(performance.now());
      const copy = askers.length > 0 ? { ...frame, grey: Uint8Array.from(frame.grey) } : undefined;
      const look = await decoder.look(frame, effort, presence.held());
      const places = [...presence.held(), ...(look?.codes ?? [])].map(({ place }) => place);
      const read = look && presence.see(look, performance.now());
      if (copy !== undefined && look !== undefined) hand(withoutPlaces(copy, places));
      if (read !== undefined && !stopped) presented(read);
    }
    decoding = false;
  }

  function hand(picture: GreyPicture | undefined): void {
    for (const give of askers) give(picture);
    askers = [];
  }

  return {
    show(frame) {
      waiting = frame;
      if (!decoding) void decodeNewest();
    },
    isHindered: presence.isHindered,
    inView: () => presence.inView(performance.now()),
    picture: signal =>
      new Promise(resolve => {
        if (stopped || signal.aborted) return resolve(undefined);
        askers.push(resolve);
        signal.addEventListener('abort', () => resolve(undefined), { once: true });
      }),
    stop() {
      stopped = true;
      hand(undefined);
    },
  };
}
