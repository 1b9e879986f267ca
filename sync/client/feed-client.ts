/** The firmware's side of the syncing thread: starts it, starts it again when it dies, passes on what it tells. */

import type { FeedClient, FeedClientEvents } from '../../device/data-ports.ts';
import { DeviceError } from '../../device/kit/errors.ts';
import { superviseWorker } from '../../device/kit/supervised-worker.ts';
import type { WorkerMessage, WorkerRequest, WorkerSettings } from './worker.ts';

/**
 * A small young generation is collected often, and with it the buffers outside the heap that a sync goes through: a
 * validator has little memory.
 */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 2 };

export function createFeedClient(settings: WorkerSettings, events: FeedClientEvents): FeedClient {
  let isClosed = false;

  function hear(message: WorkerMessage): void {
    if (isClosed) return;
    if (message.kind === 'synced') events.synced(message.result);
    else if (message.kind === 'damaged') events.damaged(message.generation, message.why);
    else if (message.kind === 'firmware') events.firmware?.(message.news);
    else if (message.kind === 'proved') events.proved(message.generation);
    else {
      const { kind, message: text } = message.problem;
      events.refused(new DeviceError(kind, 'feed', text), message.kept);
    }
  }

  const worker = superviseWorker<WorkerRequest, WorkerMessage>({
    program: new URL('./worker.js', import.meta.url),
    workerData: settings,
    resourceLimits,
    onMessage: hear,
    onDeath(why, cause) {
      const fault = new DeviceError('disconnected', 'feed', `the syncing thread: ${why}`, cause);
      events.fault(fault);
      return fault;
    },
  });
  return {
    syncNow: () => void worker.send({ kind: 'sync-now' }),
    replace: generation => void worker.send({ kind: 'damaged', generation }),
    close() {
      isClosed = true;
      return worker.close();
    },
  };
}
