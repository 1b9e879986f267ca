/**
 * Keeps one wire open: opens it, gives its stream to a session, and after a fault opens it again with backoff
 * until closed. Whether the wire works is told once per change, not once per attempt.
 */
import type { Duplex, Readable } from 'node:stream';
import { DeviceError } from '../device/errors.ts';
import { createHealth, keepRunning } from '../device/keep-running.ts';
import type { DeviceEvents } from '../device/ports.ts';
import type { SerialSettings } from './tty.ts';
import { openWire, type Wire, type WireSource } from './wire.ts';

/** How a session tells what it finds on the wire. */
export interface Link {
  /** What arrives makes sense: the device is ready. */
  working(): void;
  /** Nothing usable has come yet: told, and the wire stays open. */
  waiting(error: DeviceError): void;
  /** What arrives does not: the wire is closed, the fault told, and the wire opened again. */
  failed(error: DeviceError): void;
}

export interface SupervisedStreamOptions<S extends Readable> extends SerialSettings {
  readonly name: string;
  /** A function is asked anew for each attempt, and throws a DeviceError when there is nothing to open. */
  readonly source: WireSource | (() => WireSource);
  /** A wire that stayed open this long is ready; without it only `link.working()` makes it so. */
  readonly readyAfterMs: number | undefined;
  readonly events: DeviceEvents;
  /** Called with each new stream; what it returns is called when that stream is over. */
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
