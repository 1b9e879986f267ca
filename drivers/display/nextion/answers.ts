/**
 * What a Nextion or TJC display says on its wire: messages of a code byte and data, each ended by FF FF FF.
 *
 * Only what the driver acts on is reported; whatever else the display sends, or noise makes of it, is dropped. A message that never ends is held to 16 bytes, and the next FF FF FF is where it is in step again.
 */
import type { Readable } from 'node:stream';
import { readPaced } from '../../../device/kit/paced-reading.ts';

export type Answer =
  /** How an instruction went: 0x01 well, anything else is what was wrong with it. */
  | { readonly kind: 'result'; readonly code: number }
  /** What `get` asked for. */
  | { readonly kind: 'number'; readonly value: number }
  /** The display has started: all it was told is gone. */
  | { readonly kind: 'started' }
  /** Its buffer was full: what came then is lost. */
  | { readonly kind: 'overflow' }
  | { readonly kind: 'asleep' }
  /** A component whose Touch Press Event has `Send Component ID` was pressed. */
  | { readonly kind: 'pressed'; readonly page: number; readonly component: number };

const end = 0xff;
const endBytes = 3;
const maxMessageBytes = 16;
const lastResult = 0x23;
const touch = 0x65;
const pressed = 0x01;

/** @returns stops the reading; nothing is called back afterwards */
export function readAnswers(stream: Readable, onAnswer: (answer: Answer) => void): () => void {
  const message = Buffer.alloc(maxMessageBytes);
  let length = 0;
  let ends = 0;
  let stopped = false;

  function take(byte: number): void {
    if (byte === end) {
      ends++;
      if (ends < endBytes) return;
      const answer = length <= maxMessageBytes ? answerOf(message.subarray(0, length)) : undefined;
      length = 0;
      ends = 0;
      if (answer !== undefined) onAnswer(answer);
      return;
    }
    // FF bytes that were data after all; before a message they are the rest of a longer end.
    for (let i = 0; i < ends && length > 0; i++) put(end);
    ends = 0;
    put(byte);
  }

  function put(byte: number): void {
    if (length < maxMessageBytes) message[length] = byte;
    length = Math.min(length + 1, maxMessageBytes + 1);
  }

  const stopReading = readPaced(stream, chunk => {
    for (const byte of chunk) {
      if (stopped) return;
      take(byte);
    }
  });
  return () => {
    stopped = true;
    stopReading();
  };
}

function answerOf(message: Buffer): Answer | undefined {
  const [code] = message;
  if (code === undefined) return undefined;
  if (message.length === 5 && code === 0x71) return { kind: 'number', value: message.readInt32LE(1) };
  if (message.length === 4 && code === touch && message[3] === pressed) {
    return { kind: 'pressed', page: message.readUInt8(1), component: message.readUInt8(2) };
  }
  if (message.equals(Buffer.of(0, 0, 0))) return { kind: 'started' };
  if (message.length !== 1) return undefined;
  if (code <= lastResult) return { kind: 'result', code };
  if (code === 0x24) return { kind: 'overflow' };
  if (code === 0x86) return { kind: 'asleep' };
  return code === 0x88 ? { kind: 'started' } : undefined;
}
