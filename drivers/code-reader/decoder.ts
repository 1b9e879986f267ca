/**
 * QR decoding in a worker thread of its own, shared by all cameras, so that a hard frame never delays a card.
 *
 * Frames are transferred, not copied. The worker decodes them in the order they come, so a camera keeps at most
 * one frame here at a time. A worker that is silent over a frame for longer than a camera may be is a fault until it
 * answers; one that dies, or is silent for 10 s over a frame (jsQR may need 8 for a large one full of noise), is started again
 * with backoff; the frames it had, and those that come meanwhile, are not looked at.
 */
import { DeviceError } from '../../device/kit/errors.ts';
import { superviseWorker } from '../../device/kit/supervised-worker.ts';
import { createWatchdog } from '../../device/kit/time.ts';
import { createHealth } from '../wire/health.ts';
import type { DecodeAnswer, DecodeRequest } from './decode-worker.ts';
import type { Effort, EngineName, GreyFrame } from './engine.ts';
import type { HeldCode, Look } from './look.ts';

/** A small young generation is collected often, and with it the frames that have been decoded. */
const resourceLimits = { maxYoungGenerationSizeMb: 2 };

const usualLimitMs = 10_000;

export interface DecoderOptions {
  readonly engine: EngineName;
  readonly events: DecoderEvents;
  /** How long a frame may take before that is told. */
  readonly slowMs: number;
  /** How long a frame may take at all; 10 s unless given, or twice `slowMs` where that is longer. */
  readonly limitMs?: number;
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
   * @param held codes that were in view before this frame
   * @returns undefined where the worker died before it had looked
   */
  look(frame: GreyFrame, effort: Effort, held?: readonly HeldCode[]): Promise<Look | undefined>;
  close(): Promise<void>;
}

/** The worker starts at once. */
export function createDecoder({
  engine,
  events,
  slowMs,
  limitMs = Math.max(usualLimitMs, 2 * slowMs),
}: DecoderOptions): Decoder {
  const stop = new AbortController();
  const pending = new Map<number, (look: Look | undefined) => void>();
  let lastId = 0;
  const limit = createWatchdog(limitMs, () => worker.kill());
  const slow = createWatchdog(slowMs, tellSlow);
  let started = false;
  const health = createHealth(events, stop.signal);

  function onAnswer(answer: DecodeAnswer): void {
    if (answer.kind === 'started') {
      started = true;
      if (answer.fallback !== undefined) events.fallback(answer.fallback);
      watchProgress();
    } else {
      settle(answer.id, answer.look);
    }
    health.working();
  }

  function settle(id: number, look: Look | undefined): void {
    pending.get(id)?.(look);
    pending.delete(id);
    watchProgress();
  }

  /** The limit is for the frame at the worker's head, not for those waiting behind it. */
  function watchProgress(): void {
    limit.stop();
    slow.stop();
    // A worker that is starting has not got the frame yet, and a busy machine starts it slowly.
    if (pending.size === 0 || !started) return;
    limit.restart();
    slow.restart();
  }

  function tellSlow(): void {
    health.failed(new DeviceError('timeout', 'decoder', `no answer for ${slowMs} ms`));
  }

  function settleAll(): void {
    for (const id of [...pending.keys()]) settle(id, undefined);
  }

  function onDeath(_why: string, cause: unknown): DeviceError {
    started = false;
    settleAll();
    const fault = new DeviceError('disconnected', 'decoder', 'the decoding worker ended', cause);
    health.failed(fault);
    return fault;
  }

  const program = new URL('./decode-worker.js', import.meta.url);
  const worker = superviseWorker<DecodeRequest, DecodeAnswer>({
    program,
    workerData: { engine },
    resourceLimits,
    onMessage: onAnswer,
    onDeath,
  });
  return {
    look(frame, effort, held = []) {
      const id = ++lastId;
      return new Promise(resolve => {
        pending.set(id, resolve);
        if (pending.size === 1) watchProgress();
        const grey = ownBuffer(frame.grey);
        const isSent = worker.send({ id, frame: { ...frame, grey }, effort, held }, [
          grey.buffer as ArrayBuffer,
        ]);
        if (!isSent) settle(id, undefined);
      });
    },
    async close() {
      stop.abort();
      await worker.close();
      settleAll();
    },
  };
}

/** A view into a larger buffer, such as Node's pool, must not be transferred. */
function ownBuffer(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.from(bytes);
}
