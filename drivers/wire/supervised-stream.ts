/**
 * Keeps one wire open until it is closed: opens it, gives its stream to a session, and opens it again with backoff after a
 * fault. Each change between ready and fault is told once, however many attempts fail.
 */
import type { Duplex, Readable } from 'node:stream';
import { DeviceError } from '../../device/kit/errors.ts';
import { keepRunning } from '../../device/kit/keep-running.ts';
import type { DeviceEvents } from '../../device/ports.ts';
import { createHealth } from './health.ts';
import type { SerialSettings } from './tty.ts';
import { openWire, type Wire, type WireSource } from './wire.ts';

/** A session's way to tell what it finds on the wire. */
export interface Link {
  /** What arrives makes sense: the device is ready. */
  working(): void;
  /** Nothing usable has come yet, or something is in its way: the fault is told, and the wire stays open. */
  waiting(error: DeviceError): void;
  /** What arrives makes no sense: the wire is closed, the fault told, and the wire opened again. */
  failed(error: DeviceError): void;
}

/** A serial-device server whose port is in use accepts the connection and closes it: that is not ready. */
export const stayedOpenMs = 50;

export interface SupervisedStreamOptions<S extends Readable> extends SerialSettings {
  readonly name: string;
  /** A function is called for each attempt, and throws a DeviceError when there is nothing to open. */
  readonly source: WireSource | (() => WireSource);
  /** After this long open, a wire is ready; if undefined, only `link.working()` makes it ready. */
  readonly readyAfterMs: number | undefined;
  readonly events: DeviceEvents;
  /** Called with each new stream. @returns called when that stream has ended */
  session(stream: S, link: Link): () => void;
}

export interface SupervisedStream {
  /** Resolves within half a second; no event and no session comes afterwards. */
  close(): Promise<void>;
}

/** `S` is Duplex for tcp and tty, Readable for a command. */
export function superviseStream<S extends Readable = Duplex>(
  options: SupervisedStreamOptions<S>,
): SupervisedStream {
  const { name, source, readyAfterMs, events, session } = options;
  const stop = new AbortController();
  const health = createHealth(events, stop.signal);
  let endSession = () => {};

  async function attempt(): Promise<void> {
    try {
      const from = typeof source === 'function' ? source() : source;
      const wire = await openWire(name, from, options, stop.signal);
      try {
        if (!stop.signal.aborted) await serve(wire);
      } finally {
        await wire.close();
      }
    } catch (error) {
      if (error instanceof DeviceError) health.failed(error);
      throw error;
    }
  }

  /** Resolves when stopped, rejects when the session or the wire failed. */
  async function serve(wire: Wire): Promise<void> {
    let readyTimer: NodeJS.Timeout | undefined;
    let cleanUp = () => {};
    try {
      await new Promise<void>((resolve, reject) => {
        endSession = resolve;
        void wire.ended.then(why => reject(new DeviceError('disconnected', name, why)));
        if (readyAfterMs !== undefined) readyTimer = setTimeout(health.working, readyAfterMs);
        const link = { working: health.working, waiting: health.failed, failed: reject };
        cleanUp = session(wire.stream as Readable as S, link);
      });
    } finally {
      clearTimeout(readyTimer);
      cleanUp();
    }
  }

  const running = keepRunning(attempt, stop.signal);
  return {
    async close() {
      stop.abort();
      endSession();
      await running;
    },
  };
}
