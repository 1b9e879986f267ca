/**
 * A camera as a code reader: V4L2, RTSP or a file through ffmpeg, or any source of YUV4MPEG2, a TCP address or a command.
 * Its frames are read in frames.ts, and decoded in newest-frame.ts.
 */
import type { Readable } from 'node:stream';
import { parseAddress } from '../../device/kit/address.ts';
import { DeviceError } from '../../device/kit/errors.ts';
import type { CodeReader } from '../../device/ports.ts';
import { type SupervisedStream, superviseStream } from '../wire/supervised-stream.ts';
import type { WireSource } from '../wire/wire.ts';
import type { Decoder } from './decoder.ts';
import { type FfmpegSource, ffmpegCommand } from './ffmpeg.ts';
import { createFrameCount } from './frame-count.ts';
import { readFrames } from './frames.ts';
import { createNewestFrameReader, type NewestFrameReader } from './newest-frame.ts';
import { createPictureWatch } from './picture-watch.ts';

export interface CameraOptions {
  readonly name: string;
  /** tcp://host:port, a program with its arguments that writes to stdout, or what ffmpeg is to open. */
  readonly source: string | { readonly command: readonly string[] } | FfmpegSource;
  /** Shared between cameras, closed by whoever created it. */
  readonly decoder: Decoder;
  /** After this long out of view, a code counts as presented again. */
  readonly goneAfterMs: number;
  /** No whole frame for this long is a fault. */
  readonly frameTimeoutMs: number;
  /** No new picture for this long is a fault; 0 if the picture may stand still. */
  readonly frozenAfterS: number;
}

/** @throws DeviceError config when `source` cannot be used */
export function createCamera(options: CameraOptions): CodeReader {
  const { name, decoder, goneAfterMs } = options;
  const source = sourceOf(name, options.source);
  const watch = createPictureWatch(options.frozenAfterS * 1000);
  let wire: SupervisedStream | undefined;
  let newest: NewestFrameReader | undefined;
  const count = createFrameCount();
  return {
    name,
    open(events) {
      const reader = createNewestFrameReader(decoder, goneAfterMs, events.presented);
      newest = reader;
      wire = superviseStream<Readable>({
        name,
        source,
        baudRate: 0,
        readyAfterMs: undefined,
        events,
        session: (stream, link) => readFrames(options, stream, link, watch, { ...reader, seen: count.note }),
      });
    },
    sight: () => ({ kind: 'camera', ...count.now(), codes: newest?.inView() ?? [] }),
    picture: signal => newest?.picture(signal) ?? Promise.resolve(undefined),
    async close() {
      newest?.stop();
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
