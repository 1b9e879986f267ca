/**
 * The far end of a camera's wire: streams grey YUV4MPEG2 video to every client. A header line
 * `YUV4MPEG2 W640 H480 F25:1 Ip A1:1 Cmono`, then for each frame a line `FRAME` and width × height bytes, one per
 * pixel, row by row. A client that has not read the last frame misses the next, so that nothing queues up.
 * Each frame has a live sensor's noise, unless the camera is frozen.
 */
import type { Socket } from 'node:net';
import type { GreyFrame } from '../../drivers/code-reader/engine.ts';
import { y4mFrame, y4mHeader } from '../media/y4m.ts';
import { listenOnWire, type Plug } from './wire-server.ts';

const frameLineBytes = 'FRAME\n'.length;

export interface CameraPortOptions {
  readonly port?: number;
  readonly framesPerSecond: number;
  /** What the camera sees when nothing is held to it. Its size is the video's. */
  readonly idle: GreyFrame;
  /** False for pictures byte for byte as they are shown; such a camera looks frozen. */
  readonly noise?: boolean;
}

export interface CameraPort extends Plug {
  readonly port: number;
  readonly connected: boolean;
  /** What it shows now, without noise; the same object until it shows something else. */
  readonly view: GreyFrame;
  /**
   * What the camera sees from now on; undefined for the idle frame.
   * @throws RangeError for a frame of another size than the idle frame's
   */
  setFrame(frame: GreyFrame | undefined): void;
  /** Frozen, it sends the last picture for ever, whatever it is shown and whoever connects. */
  freeze(isFrozen: boolean): void;
  close(): Promise<void>;
}

/** Plain grey, as of an empty bus. */
export function emptyView(width: number, height: number): GreyFrame {
  return { width, height, grey: new Uint8Array(width * height).fill(128) };
}

export async function createCameraPort(options: CameraPortOptions): Promise<CameraPort> {
  const { port = 0, framesPerSecond, idle, noise = true } = options;
  const header = y4mHeader(idle.width, idle.height, framesPerSecond);
  const encode = ({ width, height, grey }: GreyFrame): Uint8Array => {
    if (width !== idle.width || height !== idle.height || grey.length !== width * height) {
      throw new RangeError(`a frame of ${width}×${height} in a video of ${idle.width}×${idle.height}`);
    }
    return y4mFrame({ grey });
  };
  const idleBytes = encode(idle);
  let view = idle;
  let frozenView = idle;
  let seen = idleBytes;
  let sent = idleBytes;
  let frozen = false;

  const server = await listenOnWire(port, (client: Socket) => client.write(header));
  const timer = setInterval(() => {
    if (server.clients.size === 0) return;
    if (!frozen) sent = noise ? noisy(seen) : seen;
    for (const client of server.clients) {
      if (client.writableLength === 0) client.write(sent);
    }
  }, 1000 / framesPerSecond);

  return {
    port: server.port,
    get connected() {
      return server.clients.size > 0;
    },
    get view() {
      return frozen ? frozenView : view;
    },
    setFrame(frame) {
      seen = frame === undefined ? idleBytes : encode(frame);
      view = frame ?? idle;
    },
    freeze(isFrozen) {
      if (!frozen) frozenView = view;
      frozen = isFrozen;
    },
    unplug: server.unplug,
    plug: server.plug,
    close() {
      clearInterval(timer);
      return server.close();
    },
  };
}

/** @param frame as `y4mFrame` encodes it, kept as it is */
export function noisy(frame: Uint8Array): Uint8Array {
  const live = Uint8Array.from(frame);
  addSensorNoise(live.subarray(frameLineBytes));
  return live;
}

/** One pixel in so many is a shade off: enough to make each picture a new one, and far below what a decoder minds. */
const pixelsPerNoise = 256;

function addSensorNoise(grey: Uint8Array): void {
  const count = Math.ceil(grey.length / pixelsPerNoise);
  for (let i = 0; i < count; i++) {
    const at = Math.floor(Math.random() * grey.length);
    grey[at] = (grey[at] ?? 0) ^ 1;
  }
}
