/**
 * A display that is a terminal: each screen is one frame of text on `stdout`, a tty or file path, or
 * tcp://host:port. The bytes of a frame are told in frame.ts, what happens on a bad wire in frame-stream.ts.
 */
import type { Screen } from '../../device/core/notice.ts';
import type { Display } from '../../device/ports.ts';
import { parseAddress } from '../address.ts';
import { frameOf } from './frame.ts';
import { createFrameStream } from './frame-stream.ts';

export interface TerminalDisplayOptions {
  readonly name: string;
  readonly path: string;
  readonly audience: Display['audience'];
}

/** @throws DeviceError `config` for a path that is neither stdout nor an address */
export function createTerminalDisplay({ name, path, audience }: TerminalDisplayOptions): Display {
  const stream = createFrameStream(name, path === 'stdout' ? path : parseAddress(path));
  return {
    name,
    audience,
    open: events => stream.open(events),
    show: (screen: Screen) => stream.write(frameOf(screen)),
    close: () => stream.close(),
  };
}
