/**
 * A serial MP3 module with an amplifier and a memory card (YX5200, sold as DFPlayer Mini), on a tty or tcp://host:port; 9,600 8N1.
 *
 * The recordings are files of the card's folder `mp3` whose names begin with four digits: `0001-di.mp3` is track 1. Settings say
 * which prompt is which track. A track that begins cuts off the one that is heard. The next repetition begins when the module
 * tells that the track has ended.
 */
import type { Audience } from '../../../device/core/screen.ts';
import { parseAddress } from '../../../device/kit/address.ts';
import type { Speaker } from '../../../device/ports.ts';
import { type SupervisedStream, superviseStream } from '../../wire/supervised-stream.ts';
import { type Mp3Session, startSession } from './session.ts';

export interface Mp3ModuleOptions {
  readonly name: string;
  readonly audience: Audience;
  readonly path: string;
  readonly baudRate: number;
  /** Prompt → number of the file. */
  readonly tracks: Readonly<Record<string, number>>;
  /** A module that has not answered by then does not answer. */
  readonly answerTimeoutMs: number;
}

/** @throws DeviceError config when `path` is no address */
export function createMp3Module(options: Mp3ModuleOptions): Speaker {
  const { name, audience, path, baudRate, answerTimeoutMs } = options;
  const source = parseAddress(path);
  const tracks = new Map(Object.entries(options.tracks));
  let unknown: readonly string[] = [];
  let session: Mp3Session | undefined;
  let wire: SupervisedStream | undefined;
  return {
    name,
    audience,
    open(events) {
      wire ??= superviseStream({
        name,
        source,
        baudRate,
        readyAfterMs: undefined,
        events,
        session(stream, link) {
          const started = startSession(stream, link, { name, answerTimeoutMs, unknown: () => unknown });
          session = started;
          return () => {
            started.stop();
            session = undefined;
          };
        },
      });
    },
    prepare(prompts) {
      unknown = prompts.filter(prompt => !tracks.has(prompt));
      session?.tellHealth();
    },
    play(prompt) {
      const track = tracks.get(prompt.id);
      if (track !== undefined) session?.play({ prompt, track });
    },
    close: async () => wire?.close(),
  };
}
