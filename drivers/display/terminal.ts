/**
 * A display that is a terminal: each screen is one frame of text on `stdout`, a console or pipe (`/dev/tty1`), a serial
 * line, which is what has a `baudRate`, or tcp://host:port. The bytes of a frame are told in frame.ts, what happens on
 * a bad wire in frame-stream.ts. A frame is some 600 bytes: 50 ms at 115,200 baud, and 600 ms at 9600.
 */
import type { Screen } from '../../device/core/notice.ts';
import type { Display } from '../../device/ports.ts';
import { parseAddress } from '../address.ts';
import type { SerialSettings } from '../tty.ts';
import { frameOf } from './frame.ts';
import { createFrameStream } from './frame-stream.ts';

export interface TerminalDisplayOptions {
  readonly name: string;
  readonly path: string;
  readonly audience: Display['audience'];
  /** Left out where `path` is no serial line. */
  readonly baudRate?: number | undefined;
  readonly frame?: SerialSettings['frame'] | undefined;
  readonly flowControl?: SerialSettings['flowControl'] | undefined;
}

/** @throws DeviceError `config` for a path that is neither stdout nor an address */
export function createTerminalDisplay(options: TerminalDisplayOptions): Display {
  const { name, path, audience, baudRate, frame = '8N1', flowControl = 'none' } = options;
  const serial = baudRate === undefined ? undefined : { baudRate, frame, flowControl };
  const stream = createFrameStream(name, path === 'stdout' ? path : parseAddress(path), serial);
  return {
    name,
    audience,
    open: events => stream.open(events),
    show: (screen: Screen) => stream.write(frameOf(screen)),
    close: () => stream.close(),
  };
}
