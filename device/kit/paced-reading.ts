/**
 * Reads a stream in portions, so that a far end that floods it never holds the event loop.
 *
 * Trap: Node reads one readable stream up to 32 times in a row, 64 KiB each, before it looks at any other.
 */
import type { Readable } from 'node:stream';

const portionBytes = 32 * 1024;

/** Far more than any serial line sends: some 4 MB a second. */
const usualPauseMs = 8;

/**
 * Every chunk arrives; after each 32 KiB the stream pauses.
 *
 * @param pauseMs 0 to give way to what else has arrived, and no longer
 * @returns stops the reading; nothing is called back afterwards, and the stream flows on
 */
export function readPaced(
  stream: Readable,
  onChunk: (chunk: Buffer) => void,
  pauseMs = usualPauseMs,
): () => void {
  let left = portionBytes;
  let pause: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;

  function resume(): void {
    left = portionBytes;
    stream.resume();
  }

  function onData(chunk: Buffer): void {
    left -= chunk.length;
    if (left <= 0) {
      stream.pause();
      if (pauseMs === 0) turn = setImmediate(resume);
      else pause = setTimeout(resume, pauseMs);
    }
    onChunk(chunk);
  }

  stream.on('data', onData);
  return () => {
    clearTimeout(pause);
    clearImmediate(turn);
    stream.off('data', onData);
    stream.resume();
  };
}
