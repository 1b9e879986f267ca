/**
 * QR decoding in a worker thread of its own, shared by all cameras, so that a hard frame never delays a card.
 *
 * Frames are transferred, not copied. The worker decodes them in the order they come, so a camera keeps at most
 * one frame here at a time. A worker that is silent for 1.5 s over a frame is a fault until it answers; one that dies, or
 * is silent for 10 s (jsQR may need 8 for a large frame full of noise), is started again with backoff; the frames it
 * had, and those that come meanwhile, read as no code.
 */
import { Worker } from 'node:worker_threads';
import { DeviceError } from '../../device/errors.ts';
import { createHealth, keepRunning } from '../../device/keep-running.ts';
import type { DecodeAnswer, DecodeRequest } from './decode-worker.ts';
import type { Effort, EngineName, GreyFrame } from './engine.ts';

export interface DecoderOptions {
  readonly engine: EngineName;
  readonly events: DecoderEvents;
}

export interface DecoderEvents {
  ready(): void;
  /** The worker runs, but not with the engine asked for. */
  fallback(why: string): void;
  fault(error: DeviceError): void;
}

export interface Decoder {
  /**
   * Gives the frame away: its buffer is gone afterwards. Never rejects.
   * @returns the different codes in the frame, two where there are several
   */
  decode(frame: GreyFrame, effort: Effort): Promise<Uint8Array[]>;
  close(): Promise<void>;
}

const slowMs = 1500;
const decodeLimitMs = 10_000;

/** The worker starts at once. */
export function createDecoder({ engine, events }: DecoderOptions): Decoder {
  const stop = new AbortController();
  const pending = new Map<number, (codes: Uint8Array[]) => void>();
  let worker: Worker | undefined;
  let lastId = 0;
  let limit: NodeJS.Timeout | undefined;
  let slow: NodeJS.Timeout | undefined;
  let started = false;
  const health = createHealth(events, stop.signal);

  function onAnswer(answer: DecodeAnswer): void {
    if (answer.kind === 'started') {
      started = true;
      if (answer.fallback !== undefined) events.fallback(answer.fallback);
      watchProgress();
    } else {
      settle(answer.id, answer.codes);
    }
    health.working();
  }

  function settle(id: number, codes: Uint8Array[]): void {
    pending.get(id)?.(codes);
    pending.delete(id);
    watchProgress();
  }

  /** The limit is for the frame at the worker's head, not for those waiting behind it. */
  function watchProgress(): void {
    clearTimeout(limit);
    clearTimeout(slow);
    if (pending.size === 0) return;
    limit = setTimeout(() => void worker?.terminate(), decodeLimitMs);
    // A worker that is starting has told nothing yet that could be taken back.
    if (started) slow = setTimeout(tellSlow, slowMs);
  }

  function tellSlow(): void {
    health.failed(new DeviceError('timeout', 'decoder', `no answer for ${slowMs} ms`));
  }

  async function runWorker(): Promise<void> {
    let cause: unknown;
    const running = new Worker(new URL('./decode-worker.js', import.meta.url), { workerData: { engine } });
    worker = running;
    running.on('message', onAnswer);
    running.on('error', error => {
      cause = error;
    });
    await new Promise<void>(resolve => running.on('exit', () => resolve()));
    worker = undefined;
    started = false;
    for (const id of [...pending.keys()]) settle(id, []);
    if (stop.signal.aborted) return;
    const fault = new DeviceError('disconnected', 'decoder', 'the decoding worker ended', cause);
    health.failed(fault);
    throw fault;
  }

  const running = keepRunning(runWorker, stop.signal);
  return {
    decode(frame, effort) {
      const target = worker;
      if (target === undefined) return Promise.resolve([]);
      const id = ++lastId;
      return new Promise(resolve => {
        pending.set(id, resolve);
        if (pending.size === 1) watchProgress();
        const grey = ownBuffer(frame.grey);
        const request: DecodeRequest = { id, frame: { ...frame, grey }, effort };
        target.postMessage(request, [grey.buffer as ArrayBuffer]);
      });
    },
    async close() {
      stop.abort();
      await worker?.terminate();
      await running;
    },
  };
}

/** A view into a larger buffer, such as Node's pool, must not be transferred. */
function ownBuffer(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.from(bytes);
}
