/**
 * Byte stream → bursts: what comes between two silences, byte for byte. For modules that send the code as it is, where
 * no byte can mark its end.
 *
 * Of a burst at most `maxBytes` + 1 bytes are kept, the one byte so that an overlong burst can be told.
 */
import type { Readable } from 'node:stream';
import { listenForSilence } from '../silence.ts';

export interface BurstLimits {
  readonly maxBytes: number;
  readonly gapMs: number;
}

/** @returns stops the reading; nothing is called back afterwards */
export function readBursts(
  stream: Readable,
  { maxBytes, gapMs }: BurstLimits,
  onBurst: (bytes: Uint8Array) => void,
): () => void {
  let held: Buffer[] = [];
  let room = maxBytes + 1;
  const silence = listenForSilence(gapMs, () => {
    const burst = Buffer.concat(held);
    held = [];
    room = maxBytes + 1;
    onBurst(burst);
  });
  const onData = (chunk: Buffer) => {
    silence.broken();
    if (room > 0) held.push(chunk.subarray(0, room));
    room -= Math.min(room, chunk.length);
  };
  stream.on('data', onData);
  return () => {
    silence.stop();
    stream.off('data', onData);
  };
}
