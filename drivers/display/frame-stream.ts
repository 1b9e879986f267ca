/**
 * Keeps the newest frame on a byte stream that may break: standard output, a console or pipe, a serial line, or
 * tcp://host:port.
 *
 * Only the newest frame counts. While the far end has over 64 KiB still to read, or a serial line has not sent the last
 * frame, frames are dropped; the newest is written once the stream has caught up. A broken stream is opened again with
 * backoff, and the newest frame is written again with all it has, tone included.
 */
import { DeviceError } from '../../device/kit/errors.ts';
import { keepRunning } from '../../device/kit/keep-running.ts';
import { withinTime } from '../../device/kit/time.ts';
import type { DeviceEvents } from '../../device/ports.ts';
import { createHealth, type Health } from '../wire/health.ts';
import type { SerialSettings } from '../wire/tty.ts';
import { descriptorOf, startKeeper } from './keeper.ts';
import { openSink, type Sink, type SinkTarget } from './sink.ts';

const maxUnreadBytes = 64 * 1024;

export interface FrameStream {
  open(events: DeviceEvents): void;
  write(frame: string): void;
  close(): Promise<void>;
}

/**
 * @param lastFrame what is to be seen when the firmware is dead or stopped
 * @param serial for a tty that is a serial line, and not a console or a pipe
 */
export function createFrameStream(
  name: string,
  target: SinkTarget,
  lastFrame: string,
  serial?: SerialSettings,
): FrameStream {
  const stop = new AbortController();
  let newest: string | undefined;
  let sink: Sink | undefined;
  let endSession = () => {};
  let behind = false;
  let drawn = () => {};
  let sending = false;
  let running: Promise<void> | undefined;

  async function attempt(health: Health): Promise<void> {
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
    const descriptor = descriptorOf(opened.stream);
    const keeper = descriptor === undefined ? undefined : startKeeper(descriptor, lastFrame, draw);
    return new Promise<string | undefined>(resolve => {
      endSession = () => resolve(undefined);
      void opened.lost.then(resolve);
      if (stop.signal.aborted) endSession();
    }).finally(() => keeper?.stop());
  }

  function draw(): void {
    if (sink === undefined || newest === undefined) return;
    behind = sending || sink.stream.writableLength > maxUnreadBytes;
    if (behind) return;
    sink.stream.write(newest);
    drawn();
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

  /** A line that still sends the last but one frame gets the last one too. */
  async function farewell(): Promise<void> {
    if (sink === undefined || !behind) return;
    const caughtUp = new Promise<void>(resolve => {
      drawn = resolve;
    });
    await withinTime(caughtUp, serial?.drainLimitMs ?? 0, () => undefined);
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
      await farewell();
      stop.abort();
      endSession();
      await running;
    },
  };
}
