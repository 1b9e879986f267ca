/**
 * A switch on a serial line (tty or tcp://host:port) that sends fixed bytes for what is done with it: a key, a door's contact.
 * Nothing is sent to it, so it is ready once its line is open.
 *
 * What comes between two silences of 60 ms is one burst. It counts if it is made of these messages and nothing else, one or many,
 * as a switch that repeats or bounces sends them; the last one is what it has come to. So other keys, noise and a wrong baud rate
 * say nothing, and a line that never falls silent says one thing at most, when it does.
 */
import type { Duplex, Readable } from 'node:stream';
import { parseAddress } from '../../device/kit/address.ts';
import { readPaced } from '../../device/kit/paced-reading.ts';
import { createWatchdog } from '../../device/kit/time.ts';
import type { DeviceEvents } from '../../device/ports.ts';
import { type SupervisedStream, stayedOpenMs, superviseStream } from './supervised-stream.ts';
import type { SerialSettings } from './tty.ts';

export interface MessageInputOptions extends SerialSettings {
  readonly name: string;
  /** tty path or tcp://host:port */
  readonly path: string;
}

export interface MessageInput {
  /** @param heard called with which of the messages has come */
  open(events: DeviceEvents, heard: (message: number) => void): void;
  close(): Promise<void>;
}

/** Well above the gaps inside a message at 300 baud, and shorter than a finger is quick. */
const silenceMs = 60;

/**
 * @param messages in hex; none begins with another
 * @throws DeviceError config when `path` is no address
 */
export function createMessageInput(
  { path, ...options }: MessageInputOptions,
  messages: readonly string[],
): MessageInput {
  const source = parseAddress(path);
  const known = messages.map(hex => Buffer.from(hex, 'hex'));
  let wire: SupervisedStream | undefined;
  return {
    open(events, heard) {
      const session = (stream: Duplex) => readBursts(stream, known, heard);
      wire ??= superviseStream({ ...options, source, readyAfterMs: stayedOpenMs, events, session });
    },
    async close() {
      await wire?.close();
    },
  };
}

/** @returns ends the reading */
function readBursts(
  stream: Readable,
  messages: readonly Buffer[],
  heard: (message: number) => void,
): () => void {
  /** Each message's bytes that have come since the last whole one; undefined once others have. */
  let begun: number[] | undefined = [];
  let last: number | undefined;
  const silence = createWatchdog(silenceMs, () => {
    const message = begun?.length === 0 ? last : undefined;
    begun = [];
    last = undefined;
    if (message !== undefined) heard(message);
  });

  function take(byte: number): void {
    if (begun === undefined) return;
    begun.push(byte);
    const bytes = begun;
    const candidates = messages.filter(message => bytes.every((sent, i) => message[i] === sent));
    const [whole] = candidates.filter(({ length }) => length === bytes.length);
    if (whole !== undefined) {
      last = messages.indexOf(whole);
      begun = [];
    } else if (candidates.length === 0) begun = undefined;
  }

  const stopReading = readPaced(stream, chunk => {
    for (const byte of chunk) take(byte);
    silence.restart();
  });
  return () => {
    silence.stop();
    stopReading();
  };
}
