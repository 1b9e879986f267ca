/**
 * A camera as a code reader: V4L2, RTSP or a file through ffmpeg, or any source of YUV4MPEG2, a TCP address or a command.
 *
 * A frame overdue is told within two seconds; the first one of an opened wire is waited for longer, because ffmpeg,
 * and a stream that must reach its next key frame, take seconds to begin: closing the wire would only begin it again.
 * A frozen picture is a fault, the wire is opened anew, and only new pictures end it; those already seen are not
 * decoded meanwhile, or a code in a frozen picture would be presented anew after each opening.
 *
 * The newest frame counts: one is at the decoder, at most one waits, and an older one that waited is dropped.
 * A frame in which no code is found is cheap; every fourth such frame in a row is looked at thoroughly, which
 * takes some ten times as long and reads about half of what was too small or blurred.
 */
import type { Readable } from 'node:stream';
import { DeviceError } from '../../device/errors.ts';
import type { CodeReader, CodeReaderEvents } from '../../device/ports.ts';
import { parseAddress } from '../address.ts';
import { type Link, type SupervisedStream, superviseStream } from '../supervised-stream.ts';
import type { WireSource } from '../wire.ts';
import type { Decoder } from './decoder.ts';
import type { GreyFrame } from './engine.ts';
import { type FfmpegSource, ffmpegCommand } from './ffmpeg.ts';
import { createPictureWatch, type PictureWatch } from './picture-watch.ts';
import { createPresence } from './presence.ts';
import { createY4mParser } from './y4m.ts';

export interface CameraOptions {
  readonly name: string;
  /** tcp://host:port, a program with its arguments that writes to stdout, or what ffmpeg is to open. */
  readonly source: string | { readonly command: readonly string[] } | FfmpegSource;
  /** Shared between cameras, closed by whoever created it. */
  readonly decoder: Decoder;
  /** Out of view for this long, a code is presented anew. */
  readonly goneAfterMs: number;
  /** No whole frame for this long is a fault. */
  readonly frameTimeoutMs: number;
  /** No new picture for this long is a fault; 0 where the picture may stand still. */
  readonly frozenAfterS: number;
}

const firstFrameLimitMs = 10_000;
const thoroughEveryMisses = 4;

/** @throws DeviceError config when `source` cannot be used */
export function createCamera(options: CameraOptions): CodeReader {
  const { name, decoder, goneAfterMs } = options;
  const source = sourceOf(name, options.source);
  const watch = createPictureWatch(options.frozenAfterS * 1000);
  let wire: SupervisedStream | undefined;
  let eye: Eye | undefined;
  return {
    name,
    open(events) {
      const opened = createEye(decoder, goneAfterMs, events.presented);
      eye = opened;
      wire = superviseStream<Readable>({
        name,
        source,
        baudRate: 0,
        readyAfterMs: undefined,
        events,
        session: (stream, link) => readFrames(options, stream, link, watch, opened.show),
      });
    },
    async close() {
      eye?.shut();
      await wire?.close();
    },
  };
}

function sourceOf(name: string, source: CameraOptions['source']): WireSource | (() => WireSource) {
  if (typeof source === 'string') {
    const address = parseAddress(source);
    if (address.kind === 'tty') {
      throw new DeviceError(
        'config',
        name,
        'a camera on a text source is tcp://host:port, not a file or tty',
      );
    }
    return address;
  }
  if (!('command' in source)) {
    return () => ({ kind: 'command', command: ffmpegCommand(name, source) });
  }
  if (source.command.length === 0) throw new DeviceError('config', name, 'the command is empty');
  return { kind: 'command', command: source.command };
}

/** @returns ends the reading */
function readFrames(
  { name, frameTimeoutMs, frozenAfterS }: CameraOptions,
  stream: Readable,
  link: Link,
  watch: PictureWatch,
  onFrame: (frame: GreyFrame) => void,
): () => void {
  const parser = createY4mParser(name);
  watch.opened(performance.now());
  const late = new DeviceError('timeout', name, `no frame for ${frameTimeoutMs} ms`);
  const first = setTimeout(() => link.failed(late), Math.max(firstFrameLimitMs, frameTimeoutMs));
  let begun = false;
  const silence = setTimeout(() => (begun ? link.failed(late) : link.waiting(late)), frameTimeoutMs);
  const onData = (chunk: Buffer) => {
    const newest = framesOf(chunk).at(-1);
    if (newest === undefined) return;
    begun = true;
    clearTimeout(first);
    silence.refresh();
    const state = watch.see(newest, performance.now());
    if (state === 'live') link.working();
    if (state === 'live' || state === 'thawing') onFrame(newest);
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
    clearTimeout(first);
    clearTimeout(silence);
    stream.off('data', onData);
  };
  stream.on('data', onData);
  return end;
}

interface Eye {
  show(frame: GreyFrame): void;
  /** Nothing is presented any more. */
  shut(): void;
}

function createEye(decoder: Decoder, goneAfterMs: number, presented: CodeReaderEvents['presented']): Eye {
  const presence = createPresence(goneAfterMs);
  let waiting: GreyFrame | undefined;
  let decoding = false;
  let shut = false;
  let misses = 0;

  async function decodeNewest(): Promise<void> {
    decoding = true;
    while (waiting !== undefined && !shut) {
      const frame = waiting;
      waiting = undefined;
      const effort = misses % thoroughEveryMisses === thoroughEveryMisses - 1 ? 'thorough' : 'fast';
      const codes = await decoder.decode(frame, effort);
      misses = codes.length === 0 ? misses + 1 : 0;
      const read = presence.see(codes, performance.now());
      if (read !== undefined && !shut) presented(read);
    }
    decoding = false;
  }

  return {
    show(frame) {
      waiting = frame;
      if (!decoding) void decodeNewest();
    },
    shut() {
      shut = true;
    },
  };
}
