/**
 * A display that is a terminal: each screen is one frame of text on `stdout`, a console or pipe (`/dev/tty1`), a serial
 * line (which has a `baudRate`), or tcp://host:port. frame.ts says what the bytes of a frame are, frame-stream.ts what
 * happens on a bad wire. A frame is some 600 bytes: 50 ms at 115,200 baud, and 600 ms at 9600.
 */
import type { Audience, Screen } from '../../device/core/screen.ts';
import { deadScreen } from '../../device/core/service-screen.ts';
import { parseAddress } from '../../device/kit/address.ts';
import type { Display } from '../../device/ports.ts';
import type { SerialSettings } from '../wire/tty.ts';
import { frameOf } from './frame.ts';
import { createFrameStream } from './frame-stream.ts';

export interface TerminalDisplayOptions {
  readonly name: string;
  readonly path: string;
  readonly audience: Audience;
  /** Left out where `path` is no serial line. */
  readonly baudRate?: number | undefined;
  readonly frame?: SerialSettings['frame'] | undefined;
  readonly flowControl?: SerialSettings['flowControl'] | undefined;
  readonly drainLimitMs?: number;
}

/** @throws DeviceError `config` for a path that is neither stdout nor an address */
export function createTerminalDisplay(options: TerminalDisplayOptions): Display {
  const { name, path, audience, baudRate, frame = '8N1', flowControl = 'none', drainLimitMs = 300 } = options;
  const serial = baudRate === undefined ? undefined : { baudRate, frame, flowControl, drainLimitMs };
  const stream = createFrameStream(
    name,
    path === 'stdout' ? path : parseAddress(path),
    frameOf(deadScreen),
    serial,
  );
  return {
    name,
    audience,
    open: events => stream.open(events),
    show: (screen: Screen) => stream.write(frameOf(screen)),
    close: () => stream.close(),
  };
}
