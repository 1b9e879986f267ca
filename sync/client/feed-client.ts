/** The firmware's side of the syncing thread: starts it, starts it again when it dies, passes on what it tells. */
import { Worker } from 'node:worker_threads';
import { DeviceError, messageOf } from '../../device/errors.ts';
import { keepRunning } from '../../device/keep-running.ts';
import type { FeedClient } from '../../device/ports.ts';
import type { SyncResult } from './sync-once.ts';
import type { WorkerMessage, WorkerRequest, WorkerSettings } from './worker.ts';

export interface FeedClientEvents {
  synced(result: SyncResult): void;
  /** @param kept the version that stays in use; null for none */
  refused(problem: DeviceError, kept: number | null): void;
  /** A generation does not hold what it was given. */
  damaged(generation: string, why: string): void;
  /** A generation holds all that it was given. */
  proved(generation: string): void;
  /** The thread died; it is started again. */
  fault(error: DeviceError): void;
}

export interface SyncingClient extends FeedClient {
  /** Somebody has found this generation damaged: it is taken away and replaced. */
  replace(generation: string): void;
}

/**
 * A small young generation is collected often, and with it the buffers outside the heap that a sync goes through: a
 * validator has little memory.
 */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 2 };

export function createFeedClient(settings: WorkerSettings, events: FeedClientEvents): SyncingClient {
  const stop = new AbortController();
  let worker: Worker | undefined;

  function hear(message: WorkerMessage): void {
    if (stop.signal.aborted) return;
    if (message.kind === 'synced') events.synced(message.result);
    else if (message.kind === 'damaged') events.damaged(message.generation, message.why);
    else if (message.kind === 'proved') events.proved(message.generation);
    else {
      const { kind, message: text } = message.problem;
      events.refused(new DeviceError(kind, 'feed', text), message.kept);
    }
  }

  async function runWorker(): Promise<void> {
    let cause: unknown;
    const running = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: settings,
      resourceLimits,
    });
    worker = running;
    running.on('message', hear);
    running.on('error', error => {
      cause = error;
    });
    await new Promise<void>(resolve => running.on('exit', () => resolve()));
    worker = undefined;
    if (stop.signal.aborted) return;
    const why = cause === undefined ? 'ended' : messageOf(cause);
    const fault = new DeviceError('disconnected', 'feed', `the syncing thread: ${why}`, cause);
    events.fault(fault);
    throw fault;
  }

  function ask(request: WorkerRequest): void {
    worker?.postMessage(request);
  }

  const running = keepRunning(runWorker, stop.signal);
  return {
    syncNow: () => ask({ kind: 'sync-now' }),
    replace: generation => ask({ kind: 'damaged', generation }),
    async close() {
      stop.abort();
      await worker?.terminate();
      await running;
    },
  };
}
