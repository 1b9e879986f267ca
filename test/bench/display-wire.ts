/** The far end of a display's wire as a stopwatch sees it: raw frames, and when the last byte of each came. */
import { listenOnWire } from '../../sim/wires/wire-server.ts';

export interface ShownNotice {
  /** performance.now() at its last byte */
  readonly at: number;
  readonly text: string;
}

export interface DisplayWire {
  readonly port: number;
  /** The next screen with a light: what passengers are shown between presentations has none. */
  nextNotice(): Promise<ShownNotice>;
  close(): Promise<void>;
}

const endOfFrame = '\u001b[?2026l';
/** A background of green, red or amber (SGR). */
const band = /\[4[123][;m]/;
/** Only a notice that does not come at all takes so long. */
const noticeLimitMs = 30_000;

export async function createDisplayWire(): Promise<DisplayWire> {
  let onNotice: (notice: ShownNotice) => void = () => {};
  const server = await listenOnWire(0, socket => {
    let held = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      const at = performance.now();
      const frames = (held + text).split(endOfFrame);
      held = frames.pop() ?? '';
      for (const frame of frames) if (band.test(frame)) onNotice({ at, text: frame });
    });
  });

  return {
    port: server.port,
    nextNotice: () =>
      new Promise((resolve, reject) => {
        const late = () => reject(new Error(`no notice within ${noticeLimitMs} ms`));
        const limit = setTimeout(late, noticeLimitMs);
        onNotice = notice => {
          clearTimeout(limit);
          resolve(notice);
        };
      }),
    close: server.close,
  };
}
