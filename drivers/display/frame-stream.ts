/**
 * Keeps the newest frame on a byte stream that may break: standard output, a tty or pipe, or tcp://host:port.
 *
 * Only the newest frame counts. While the far end has over 64 KiB still to read, frames are dropped, and the
 * newest is written once it has caught up. A broken stream is opened again with backoff, and the newest frame is
 * written again with all it has, tone included.
 *
 * Traps: Node writes to a terminal on standard output synchronously, so one stopped with Ctrl-S would stop the
 * firmware; give the tty's path instead. A path is opened and written without waiting (O_NONBLOCK), so a pipe
 * nobody reads and a tty that takes nothing are outages, not hangs. A plain file is refused: in the place of a tty
 * that was pulled out it would grow by each frame, and nobody would see one.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Duplex, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { DeviceError, messageOf } from '../../device/errors.ts';
import { createHealth, keepRunning } from '../../device/keep-running.ts';
import type { DeviceEvents } from '../../device/ports.ts';
import type { Address } from '../address.ts';
import { openWire } from '../wire.ts';

const maxUnreadBytes = 64 * 1024;
const farewellMs = 200;

export interface FrameStream {
  open(events: DeviceEvents): void;
  write(frame: string): void;
  close(): Promise<void>;
}

/** Where frames go; `lost` resolves, once they no longer arrive, to the reason. */
interface Sink {
  readonly stream: Writable;
  readonly lost: Promise<string>;
}

export function createFrameStream(name: string, target: Address | 'stdout'): FrameStream {
  const stop = new AbortController();
  let newest: string | undefined;
  let stream: Writable | undefined;
  let endSession = () => {};
  let behind = false;
  let running: Promise<void> | undefined;

  async function attempt(health: ReturnType<typeof createHealth>): Promise<void> {
    try {
      const sink = await openSink(name, target, stop.signal);
      stream = sink.stream;
      stream.on('drain', () => behind && draw());
      health.working();
      draw();
      const reason = await new Promise<string | undefined>(resolve => {
        endSession = () => resolve(undefined);
        void sink.lost.then(resolve);
        if (stop.signal.aborted) endSession();
      });
      stream = undefined;
      if (reason === undefined) await endStream(sink.stream);
      else throw new DeviceError('disconnected', name, reason);
    } catch (error) {
      if (error instanceof DeviceError) health.failed(error);
      throw error;
    }
  }

  function draw(): void {
    if (stream === undefined || newest === undefined) return;
    behind = stream.writableLength > maxUnreadBytes;
    if (!behind) stream.write(newest);
  }

  return {
    open(events) {
      const health = createHealth(events, stop.signal);
      running ??= keepRunning(() => attempt(health), stop.signal);
    },
    write(frame) {
      newest = frame;
      draw();
    },
    async close() {
      stop.abort();
      endSession();
      await running;
    },
  };
}

/** @throws DeviceError disconnected */
async function openSink(name: string, target: Address | 'stdout', signal: AbortSignal): Promise<Sink> {
  if (target !== 'stdout' && target.kind === 'tcp') {
    const { stream, ended } = await openWire(name, target, 0, signal);
    stream.resume(); // what a display says is not read, but its end must be noticed
    return { stream: stream as Duplex, lost: ended };
  }
  try {
    const stream = target === 'stdout' ? openStdout() : await openFile(target.path);
    return { stream, lost: endOf(stream, signal) };
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
  const timer = setTimeout(() => stream.destroy(), farewellMs);
  stream.end();
  await new Promise(resolve => stream.once('close', resolve));
  clearTimeout(timer);
}
