/** A stream whose chunks a trace can listen to (`device/kit/taps.ts`). */
import type { Duplex, Readable } from 'node:stream';
import { type Direction, wireTap } from '../../device/kit/taps.ts';

/**
 * `push` and `write` are where each chunk passes once, whoever reads and whenever. A listener of `data` would set the stream
 * flowing before its owner is ready, and a stream in between would cost every chunk a turn of the event loop.
 */
export function tapStream(name: string, stream: Readable | Duplex): void {
  const tell = (direction: Direction, chunk: unknown) => {
    if (wireTap.hasSubscribers && chunk instanceof Uint8Array)
      wireTap.publish({ name, direction, bytes: chunk });
  };
  const push = stream.push.bind(stream);
  stream.push = (chunk, encoding) => {
    tell('in', chunk);
    return push(chunk, encoding);
  };
  if (!('write' in stream)) return;
  const write = stream.write.bind(stream) as (...all: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]) => {
    tell('out', typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    return write(chunk, ...rest);
  };
}
