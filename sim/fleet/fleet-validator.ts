/** One validator of the fleet: the uplink's own client over a network that comes and goes, and taps by a plan. */

import type { UplinkFacts } from '../../device/data-ports.ts';
import { DeviceError } from '../../device/kit/errors.ts';
import type { BrokerAddress } from '../../sync/uplink/connection.ts';
import { openRowSealer } from '../../sync/uplink/row-sealer.ts';
import { createUplink } from '../../sync/uplink/uplink.ts';
import type { OfficeKeys, OwnKey } from '../../sync/uplink/uplink-keys.ts';
import type { NetworkPort } from '../wires/network-port.ts';
import { createFleetJournal, epoch, type FleetJournal } from './fleet-journal.ts';
import { createFleetMark } from './fleet-mark.ts';
import type { Latencies } from './latencies.ts';
import { tapRow } from './tap-row.ts';

export interface FleetValidatorOptions {
  readonly number: number;
  readonly own: OwnKey;
  readonly office: OfficeKeys;
  /** By way of the network. */
  readonly broker: BrokerAddress;
  readonly network: NetworkPort;
  readonly latencies: Latencies;
  readonly line: string;
  readonly bus: string;
}

export interface FleetValidator {
  readonly taps: number;
  readonly waiting: number;
  /** Rows that were sent more than once. */
  readonly sentAgain: number;
  /** In both directions. */
  readonly bytes: number;
  tap(): void;
  setNetwork(isUp: boolean): Promise<void>;
  setPower(isOn: boolean): Promise<void>;
  /** It has the network and its power, whatever the plan says. */
  readonly isOnline: boolean;
}

export async function createFleetValidator(options: FleetValidatorOptions): Promise<FleetValidator> {
  const { number, own, office, broker, network, latencies, line, bus } = options;
  const journal = createFleetJournal(own.device, await openRowSealer(office.sealingKey));
  const mark = createFleetMark(epoch);
  let taps = 0;
  let given = 0;
  let sentUpTo = 0;
  let running: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;
  let onlineSince = Number.POSITIVE_INFINITY;
  let tell: (facts: UplinkFacts) => void = () => {};
  let wake = () => {};

  function hearProgress(acknowledged: number): void {
    const now = performance.now();
    for (const writtenAt of journal.acknowledge(acknowledged))
      latencies.record('taps', now - Math.max(writtenAt, onlineSince));
  }

  function start(): void {
    const stop = new AbortController();
    let wanted: { readonly seq: number; readonly limit: number } | undefined;
    let askedAt = performance.now();
    const give = () => {
      const rows = wanted === undefined ? [] : journal.rowsAfter(wanted.seq, wanted.limit);
      const last = rows.at(-1)?.seq ?? 0;
      if (last === 0) return;
      wanted = undefined;
      given += rows.length;
      sentUpTo = Math.max(sentUpTo, last);
      askedAt = performance.now();
      uplink.give(rows);
    };
    const uplink = createUplink({ broker, own, office, version: 'fleet' }, mark, {
      wanted(seq, limit) {
        wanted = { seq, limit };
        give();
      },
      progress({ acknowledged }) {
        if (acknowledged > 0) latencies.record('rows', performance.now() - askedAt);
        hearProgress(acknowledged);
      },
      answered: () => undefined,
      failed: () => undefined,
      feedVersion: () => latencies.record('welcome', performance.now() - onlineSince),
      command: (id, name) => uplink.answer(id, { outcome: 'done', text: name }),
    });
    tell = uplink.tell;
    wake = give;
    onlineSince = performance.now();
    tell(factsOf(journal));
    running = { stop, done: uplink.run(stop.signal) };
  }

  return {
    get taps() {
      return taps;
    },
    get waiting() {
      return journal.waiting;
    },
    get sentAgain() {
      return given - sentUpTo;
    },
    get bytes() {
      return network.bytes;
    },
    get isOnline() {
      return running !== undefined && network.isIn;
    },
    tap() {
      taps++;
      journal.append(tapRow(number, taps, { line, bus }), performance.now());
      tell(factsOf(journal));
      wake();
    },
    async setNetwork(isUp) {
      if (isUp === network.isIn) return;
      await network.plug(isUp);
      if (isUp) onlineSince = performance.now();
    },
    async setPower(isOn) {
      if (isOn === (running !== undefined)) return;
      if (isOn) return start();
      const ending = running;
      running = undefined;
      ending?.stop.abort(new DeviceError('disconnected', 'fleet', 'switched off'));
      await ending?.done;
    },
  };
}

function factsOf({ lastSeq }: FleetJournal): UplinkFacts {
  return {
    ...{ epoch, lastSeq, ready: true, terse: '', verbose: '', faults: [], feedVersion: 1 },
    ...{ statusAsOf: null, linksAsOf: null, dataProblem: null, stop: null, doors: null },
  };
}
