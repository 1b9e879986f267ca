/**
 * The frames of a camera's stream, and what is wrong if none come, or always the same.
 *
 * A late frame is a fault within two seconds. The first frame of an opened wire may take longer, because ffmpeg, and a stream
 * that must reach its next key frame, take seconds to begin: to close the wire would only begin that again. A frozen picture
 * is a fault, the wire is opened anew, and only new pictures end it. Pictures already seen are not decoded meanwhile, or a
 * code in a frozen picture would be presented after each opening. What stands in a camera's view is a fault that leaves it of use.
 */
import type { Readable } from 'node:stream';
import { DeviceError } from '../../device/kit/errors.ts';
import { readPaced } from '../../device/kit/paced-reading.ts';
import { createWatchdog } from '../../device/kit/time.ts';
import type { Link } from '../wire/supervised-stream.ts';
import type { GreyFrame } from './engine.ts';
import type { NewestFrameReader } from './newest-frame.ts';
import type { PictureWatch } from './picture-watch.ts';
import { createY4mParser } from './y4m.ts';

export interface FrameLimits {
  readonly name: string;
  readonly frameTimeoutMs: number;
  readonly frozenAfterS: number;
}

const firstFrameLimitMs = 10_000;

/**
 * @param watch kept from one opening of the wire to the next
 * @returns ends the reading
 */
export function readFrames(
  { name, frameTimeoutMs, frozenAfterS }: FrameLimits,
  stream: Readable,
  link: Link,
  watch: PictureWatch,
  reader: Pick<NewestFrameReader, 'show' | 'isHindered'> & { seen(frames: readonly GreyFrame[]): void },
): () => void {
  const parser = createY4mParser(name);
  watch.opened(performance.now());
  const late = new DeviceError('timeout', name, `no frame for ${frameTimeoutMs} ms`);
  const first = createWatchdog(Math.max(firstFrameLimitMs, frameTimeoutMs), () => link.failed(late));
  const hindered = new DeviceError(
    'hindered',
    name,
    'a code that is no ride code stands in view: take it away or cover it',
  );
  let begun = false;
  const silence = createWatchdog(frameTimeoutMs, () => (begun ? link.failed(late) : link.waiting(late)));
  const onData = (chunk: Buffer) => {
    const frames = framesOf(chunk);
    const newest = frames.at(-1);
    if (newest === undefined) return;
    begun = true;
    reader.seen(frames);
    first.stop();
    silence.restart();
    const state = watch.see(newest, performance.now());
    if (state === 'live' && reader.isHindered()) link.waiting(hindered);
    else if (state === 'live') link.working();
    if (state === 'live' || state === 'thawing') reader.show(newest);
    if (state === 'overdue') {
      end();
      link.failed(new DeviceError('timeout', name, `the picture is frozen: the same for ${frozenAfterS} s`));
    }
  };
  const framesOf = (chunk: Buffer) => {
    try {
      return parser.push(chunk);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      end();
      link.failed(error);
      return [];
    }
  };
  const end = () => {
    first.stop();
    silence.stop();
    stopReading();
  };
  first.restart();
  silence.restart();
  // A camera may send tens of megabytes a second.
  const stopReading = readPaced(stream, onData, 0);
  return end;
}
