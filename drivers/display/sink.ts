/**
 * Where a text display's frames go: standard output, a console or pipe, a serial line, or tcp://host:port.
 *
 * Traps: Node writes to a terminal on standard output synchronously, so one stopped with Ctrl-S would stop the
 * firmware; give the tty's path instead. A path is opened and written without waiting (O_NONBLOCK), so a pipe
 * that nobody reads and a tty that takes nothing are outages, not hangs. A plain file is refused: if it stood in the place
 * of a tty that was pulled out, it would grow by each frame, and nobody would see one.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Duplex, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Address } from '../../device/kit/address.ts';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { readPaced } from '../../device/kit/paced-reading.ts';
import { withinTime } from '../../device/kit/time.ts';
import type { SerialSettings } from '../wire/tty.ts';
import { openWire } from '../wire/wire.ts';

export type SinkTarget = Address | 'stdout';

export interface Sink {
  readonly stream: Writable;
  /** Resolves when the far end has all frames; left out if a buffer is in between. */
  drained?(): Promise<void>;
  /** Resolves, once frames no longer arrive, to the reason. */
  readonly lost: Promise<string>;
  /** Lets the last frame out, for 300 ms at most. */
  close(): Promise<void>;
}

const farewellMs = 200;

/** @param serial for a tty that is a serial line, and not a console or a pipe. @throws DeviceError disconnected */
export async function openSink(
  name: string,
  target: SinkTarget,
  serial: SerialSettings | undefined,
  signal: AbortSignal,
): Promise<Sink> {
  if (target !== 'stdout' && (target.kind === 'tcp' || serial !== undefined)) {
    const wire = await openWire(name, target, serial ?? { baudRate: 0 }, signal);
    const stream = wire.stream as Duplex;
    // What a display sends is ignored, but its end must be noticed.
    readPaced(stream, () => {});
    if (wire.drained === undefined) return { stream, lost: wire.ended, close: () => endStream(stream) };
    return { stream, lost: wire.ended, close: wire.close, drained: wire.drained };
  }
  try {
    const stream = target === 'stdout' ? openStdout() : await openFile(target.path);
    return { stream, lost: endOf(stream, signal), close: () => endStream(stream) };
  } catch (error) {
    throw new DeviceError('disconnected', name, messageOf(error), error);
  }
}

function openStdout(): Writable {
  if (!process.stdout.writable) throw new Error('standard output is closed');
  return process.stdout;
}

async function openFile(path: string): Promise<Writable> {
  const { O_WRONLY, O_NOCTTY, O_NONBLOCK } = constants;
  const file = await open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK);
  const kind = await file.stat();
  if (!kind.isCharacterDevice() && !kind.isFIFO()) {
    await file.close();
    throw new Error(`${path} is neither a tty nor a pipe`);
  }
  const stream = file.createWriteStream();
  stream.on('error', () => {}); // told by endOf()
  return stream;
}

async function endOf(stream: Writable, signal: AbortSignal): Promise<string> {
  try {
    await finished(stream, { signal });
    return 'the far end closed it';
  } catch (error) {
    return messageOf(error);
  }
}

/** Lets the last frame out; a far end that does not read it is left after 200 ms. */
async function endStream(stream: Writable): Promise<void> {
  if (stream.closed || stream === process.stdout) return;
  const closed = new Promise(resolve => stream.once('close', resolve));
  stream.end();
  await withinTime(closed, farewellMs, () => {
    stream.destroy();
    return closed;
  });
}
