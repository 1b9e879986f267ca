/**
 * Keeps the newest frame on a byte stream that may break: standard output, a console or pipe, a serial line, or
 * tcp://host:port.
 *
 * Only the newest frame counts. While the far end has over 64 KiB still to read, or a serial line has not sent the last
 * frame, frames are dropped, and the newest is written once it has caught up. A broken stream is opened again with backoff, and the newest frame is
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
import type { SerialSettings } from '../tty.ts';
import { openWire } from '../wire.ts';

const maxUnreadBytes = 64 * 1024;
const farewellMs = 200;

export interface FrameStream {
  open(events: DeviceEvents): void;
  write(frame: string): void;
  close(): Promise<void>;
}

/** Where frames go. */
interface Sink {
  readonly stream: Writable;
  /** Resolves when the far end has them; left out where a buffer is between. */
  drained?(): Promise<void>;
  /** Resolves, once they no longer arrive, to the reason. */
  readonly lost: Promise<string>;
  /** Lets the last frame out, for 300 ms at most. */
  close(): Promise<void>;
}

/** @param serial for a tty that is a serial line, and not a console or a pipe */
export function createFrameStream(
  name: string,
  target: Address | 'stdout',
  serial?: SerialSettings,
): FrameStream {
  const stop = new AbortController();
  let newest: string | undefined;
  let sink: Sink | undefined;
  let endSession = () => {};
  let behind = false;
  let sending = false;
  let running: Promise<void> | undefined;

  async function attempt(health: ReturnType<typeof createHealth>): Promise<void> {
    try {
      const opened = await openSink(name, target, serial, stop.signal);
      const reason = await drawOn(opened, health.working);
      sink = undefined;
      await opened.close();
      if (reason !== undefined) throw new DeviceError('disconnected', name, reason);
    } catch (error) {
      if (error instanceof DeviceError) health.failed(error);
      throw error;
    }
  }

  /** @returns why it was lost, or undefined when stopped */
  function drawOn(opened: Sink, working: () => void): Promise<string | undefined> {
    sink = opened;
    sending = false;
    opened.stream.on('drain', drawIfBehind);
    working();
    draw();
    return new Promise(resolve => {
      endSession = () => resolve(undefined);
      void opened.lost.then(resolve);
      if (stop.signal.aborted) endSession();
    });
  }

  function draw(): void {
    if (sink === undefined || newest === undefined) return;
    behind = sending || sink.stream.writableLength > maxUnreadBytes;
    if (behind) return;
    sink.stream.write(newest);
    if (sink.drained !== undefined) void waitUntilSent(sink, sink.drained());
  }

  function drawIfBehind(): void {
    if (behind) draw();
  }

  async function waitUntilSent(by: Sink, sent: Promise<void>): Promise<void> {
    sending = true;
    await sent;
    if (sink !== by) return;
    sending = false;
    drawIfBehind();
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
async function openSink(
  name: string,
  target: Address | 'stdout',
  serial: SerialSettings | undefined,
  signal: AbortSignal,
): Promise<Sink> {
  if (target !== 'stdout' && (target.kind === 'tcp' || serial !== undefined)) {
    const wire = await openWire(name, target, serial ?? { baudRate: 0 }, signal);
    const stream = wire.stream as Duplex;
    stream.resume(); // what a display says is not read, but its end must be noticed
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
  const timer = setTimeout(() => stream.destroy(), farewellMs);
  stream.end();
  await new Promise(resolve => stream.once('close', resolve));
  clearTimeout(timer);
}
