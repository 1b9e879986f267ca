/** The uplink's thread: sealing, signing and the broker's connection leave the processor to the taps. */
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { CommandOutcome, OfficeCommand } from '../../device/core/office-commands.ts';
import type { SealedRow, UplinkFacts, UplinkProgress } from '../../device/data-ports.ts';
import type { DeviceErrorKind } from '../../device/kit/errors.ts';
import { openMark } from './mark.ts';
import { createUplink, type UplinkSettings } from './uplink.ts';

export interface UplinkWorkerSettings extends UplinkSettings {
  /** The file that knows how far the rows have come. */
  readonly mark: string;
}

export type UplinkMessage =
  | { readonly kind: 'wanted'; readonly seq: number; readonly limit: number }
  | { readonly kind: 'progress'; readonly progress: UplinkProgress }
  | { readonly kind: 'answered' }
  | {
      readonly kind: 'failed';
      readonly problem: { readonly kind: DeviceErrorKind; readonly message: string };
    }
  | { readonly kind: 'feed-version'; readonly version: number }
  | { readonly kind: 'command'; readonly id: string; readonly name: OfficeCommand };

export type UplinkRequest =
  | { readonly kind: 'facts'; readonly facts: UplinkFacts }
  | { readonly kind: 'rows'; readonly rows: readonly SealedRow[] }
  | { readonly kind: 'answer'; readonly id: string; readonly outcome: CommandOutcome }
  | { readonly kind: 'end' };

const settings: UplinkWorkerSettings = workerData;
const stop = new AbortController();
const tell = (message: UplinkMessage) => parentPort?.postMessage(message);
const uplink = createUplink(settings, openMark(settings.mark, settings.own.device), {
  wanted: (seq, limit) => tell({ kind: 'wanted', seq, limit }),
  progress: ({ acknowledged, refused }) => tell({ kind: 'progress', progress: { acknowledged, refused } }),
  answered: () => tell({ kind: 'answered' }),
  failed: ({ kind, message }) => tell({ kind: 'failed', problem: { kind, message } }),
  feedVersion: version => tell({ kind: 'feed-version', version }),
  command: (id, name) => tell({ kind: 'command', id, name }),
});

// A tap comes before any sending. Elsewhere than on Linux it would be the whole process's priority.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
parentPort?.on('message', (request: UplinkRequest) => {
  if (request.kind === 'facts') uplink.tell(request.facts);
  else if (request.kind === 'rows') uplink.give(request.rows);
  else if (request.kind === 'answer') uplink.answer(request.id, request.outcome);
  else stop.abort();
});
void uplink.run(stop.signal).then(() => parentPort?.close());
