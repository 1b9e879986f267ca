/** The firmware's side of the uplink's thread: starts it, starts it again when it dies, passes on what it tells. */

import type { UplinkClient, UplinkClientEvents, UplinkFacts } from '../../device/data-ports.ts';
import { DeviceError } from '../../device/kit/errors.ts';
import { superviseWorker } from '../../device/kit/supervised-worker.ts';
import type { UplinkMessage, UplinkRequest, UplinkWorkerSettings } from './worker.ts';

const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 2 };
/** For a word of farewell to the broker. */
const farewellMs = 500;

export function createUplinkClient(settings: UplinkWorkerSettings, events: UplinkClientEvents): UplinkClient {
  let isClosed = false;
  let facts: UplinkFacts | undefined;

  function hear(message: UplinkMessage): void {
    if (isClosed) return;
    if (message.kind === 'wanted') events.wanted(message.seq, message.limit);
    else if (message.kind === 'progress') events.progress(message.progress);
    else if (message.kind === 'answered') events.answered();
    else if (message.kind === 'feed-version') events.feedVersion(message.version);
    else if (message.kind === 'command') events.command(message.id, message.name);
    else {
      const { kind, message: text } = message.problem;
      events.failed(new DeviceError(kind, 'uplink', text));
    }
  }

  const worker = superviseWorker<UplinkRequest, UplinkMessage>({
    program: new URL('./worker.js', import.meta.url),
    workerData: settings,
    resourceLimits,
    onMessage: hear,
    onDeath(why, cause) {
      facts = undefined;
      const fault = new DeviceError('disconnected', 'uplink', `the uplink's thread: ${why}`, cause);
      events.fault(fault);
      return fault;
    },
  });
  return {
    tell(now) {
      if (facts !== undefined && JSON.stringify(facts) === JSON.stringify(now)) return;
      facts = worker.send({ kind: 'facts', facts: now }) ? now : undefined;
    },
    give: rows => void worker.send({ kind: 'rows', rows }),
    answer: (id, outcome) => void worker.send({ kind: 'answer', id, outcome }),
    close() {
      isClosed = true;
      return worker.close({ request: { kind: 'end' }, limitMs: farewellMs });
    },
  };
}
