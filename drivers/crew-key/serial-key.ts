/**
 * A key on a serial line (tty or tcp://host:port) that sends the same bytes for each press: a driver's keypad, or a button
 * with a microcontroller. Nothing is sent to it.
 *
 * Keypads of bus equipment send one byte for each key, as 0x0D for 确认, and nothing else: so it is ready once its line is
 * open. What comes between two silences of 60 ms is one message. It is a press if it is these bytes and nothing else, once or
 * many times over, as a key that repeats or bounces sends them. So other keys, noise and a wrong baud rate press nothing, and a
 * line that never falls silent presses once at most, when it does.
 */
import type { Duplex, Readable } from 'node:stream';
import { parseAddress } from '../../device/kit/address.ts';
import { readPaced } from '../../device/kit/paced-reading.ts';
import { createWatchdog } from '../../device/kit/time.ts';
import type { CrewKey } from '../../device/ports.ts';
import { type SupervisedStream, stayedOpenMs, superviseStream } from '../wire/supervised-stream.ts';
import type { SerialSettings } from '../wire/tty.ts';

export interface SerialKeyOptions extends SerialSettings {
  readonly name: string;
  /** tty path or tcp://host:port */
  readonly path: string;
  /** What it sends for a press, in hex. */
  readonly sends: string;
}

/** Well above the gaps inside a message at 300 baud, and shorter than a finger is quick. */
const silenceMs = 60;

/** @throws DeviceError config when `path` is no address */
export function createSerialKey({ path, sends, ...options }: SerialKeyOptions): CrewKey {
  const source = parseAddress(path);
  const wanted = Buffer.from(sends, 'hex');
  let wire: SupervisedStream | undefined;
  return {
    name: options.name,
    open(events) {
      const session = (stream: Duplex) => readPresses(stream, wanted, events.pressed);
      wire ??= superviseStream({ ...options, source, readyAfterMs: stayedOpenMs, events, session });
    },
    async close() {
      await wire?.close();
    },
  };
}

/** @returns ends the reading */
function readPresses(stream: Readable, wanted: Buffer, onPress: () => void): () => void {
  /** How many of the wanted bytes have come; undefined once others have. */
  let matched: number | undefined = 0;
  const silence = createWatchdog(silenceMs, () => {
    const isPress = matched === wanted.length;
    matched = 0;
    if (isPress) onPress();
  });
  const stopReading = readPaced(stream, chunk => {
    for (const byte of chunk) {
      if (matched === wanted.length) matched = 0;
      matched = matched !== undefined && byte === wanted[matched] ? matched + 1 : undefined;
    }
    silence.restart();
  });
  return () => {
    silence.stop();
    stopReading();
  };
}
