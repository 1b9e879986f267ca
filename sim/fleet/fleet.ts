/** A fleet of validators on the real uplink: played in threads, and accounted for by what the back office's store holds in the end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordableHistogram } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { pilotPolicy } from '../../device/core/policy.ts';
import { messageOf } from '../../device/kit/errors.ts';
import { sayError } from '../../device/kit/printable.ts';
import type { BrokerAddresses } from '../../sync/uplink/brokers.ts';
import type { BrokerAddress } from '../../sync/uplink/connection.ts';
import { createBuses } from './buses.ts';
import { openControl, usualControl } from './control.ts';
import { createLatencies, type Measured, measured, type Percentiles, percentilesOf } from './latencies.ts';
import { type Stored, startFleetOffice } from './office.ts';
import type { FleetMember, FleetShare, FromShare, ShareState, ToShare } from './worker.ts';

export interface FleetOptions {
  readonly validators: number;
  /** The back office's own unless given. */
  readonly broker: BrokerAddresses | undefined;
  /** PostgreSQL's servers, where the back office keeps taps there. */
  readonly taps: readonly string[];
  /** The certificate of one validator, where the broker wants one. */
  readonly certificateOf: (device: string) => Pick<BrokerAddress, 'cert' | 'key'>;
  readonly seed: number;
  readonly speed: number;
  readonly tapsPerDay: number;
  /** Seconds since midnight. */
  readonly fromS: number;
  /** Of simulated time. */
  readonly lastsS: number;
  /** How long the last rows are waited for. */
  readonly drainS: number;
  readonly threads: number;
  /** The socket at which it can be asked for a bus; where none is named, the usual one, if it is free. */
  readonly control: string | undefined;
  /** Aborted: no more taps are made, and those that were are accounted for. */
  readonly signal: AbortSignal;
  /** Called each second. */
  progress(state: ShareState): void;
}

export interface FleetAccount {
  readonly validators: number;
  readonly taps: number;
  /** Taps that are in the back office's store. */
  readonly stored: number;
  /** Rows that are there beyond that: one tap twice. */
  readonly duplicates: number;
  readonly lost: number;
  /** Buses that were run as real ones, rows that their validators have made, and those of them that are stored; left out where there were none. */
  readonly attached?: { readonly buses: number; readonly rows: number; readonly stored: number };
  /** Rows that were sent more than once, and are there once. */
  readonly sentAgain: number;
  /** From a tap, or from when its validator was online again, to its acknowledgement. */
  readonly ackMs: Percentiles | null;
  /** From a batch to its answer, and from the network to the welcome. */
  readonly messagesMs: Readonly<Record<Exclude<Measured, 'taps'>, Percentiles | null>>;
  /** Of simulated time. */
  readonly bytesPerValidatorAndDay: number;
  readonly seconds: number;
}

/** Rejects with WrongUsage where the back office does not start. */
export async function runFleet(options: FleetOptions): Promise<FleetAccount> {
  const directory = mkdtempSync(join(tmpdir(), 'fleet-'));
  try {
    return await runIn(directory, options);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runIn(directory: string, options: FleetOptions): Promise<FleetAccount> {
  const { validators, broker, taps, certificateOf, threads, signal, drainS, progress } = options;
  const places = Array.from({ length: validators }, (_, number) => placeOf(number));
  const office = await startFleetOffice(
    directory,
    places.map(({ device }) => device),
    broker,
    taps,
  );
  const members = places.flatMap(({ device, ...place }, number) => {
    const own = office.owns[number];
    // Of a cluster each node has its part of them.
    const url = office.brokers[number % office.brokers.length] ?? '';
    const at = { ...broker, url, ...certificateOf(device) };
    return own === undefined ? [] : [{ ...place, number, own, broker: at } satisfies FleetMember];
  });
  let shares: readonly ReturnType<typeof startShare>[] = [];
  const buses = createBuses(directory, members, async (number, isAway) => {
    await Promise.all(shares.map(({ setAway }) => setAway(number, isAway)));
  });
  const control = await openControl(options.control ?? usualControl, buses).catch(async error => {
    if (options.control === undefined) {
      sayError(`nobody can attach to this fleet: ${messageOf(error)}`);
      return undefined;
    }
    await office.close();
    throw error;
  });
  const startedAt = performance.now();
  shares = dealt(members, Math.min(threads, validators)).map(share =>
    startShare({ ...options, members: share, office: office.keys }),
  );
  signal.addEventListener('abort', () => {
    for (const { say } of shares) say('enough');
  });
  const now = () => sum(shares.map(({ state }) => state()));
  let drainedAt = Number.POSITIVE_INFINITY;
  for (;;) {
    await delay(1000);
    const state = now();
    progress(state);
    if (state.isOver && drainedAt === Number.POSITIVE_INFINITY) {
      await control?.close();
      drainedAt = performance.now() + drainS * 1000;
      continue;
    }
    if (state.isOver && (state.waiting === 0 || performance.now() > drainedAt)) break;
  }
  const accounts = await Promise.all(shares.map(({ end }) => end()));
  const stored = await office.close();
  const attached = { buses: buses.taken, rows: buses.rows, stored: stored.ofAttached };
  return accountOf(options, accounts, { ...stored, attached }, (performance.now() - startedAt) / 1000);
}

/** Ten lines, each bus with two doors. */
function placeOf(number: number) {
  const lines = pilotPolicy.lines;
  const busNumber = Math.floor(number / 2);
  const line = lines[busNumber % lines.length] ?? '2';
  const bus = `F${String(busNumber + 1).padStart(4, '0')}`;
  return { device: `${bus.toLowerCase()}-${number % 2 === 0 ? 'front' : 'rear'}`, line, bus };
}

function dealt<T>(all: readonly T[], hands: number): T[][] {
  return Array.from({ length: hands }, (_, hand) => all.filter((_, i) => i % hands === hand));
}

function startShare(options: FleetOptions & Pick<FleetShare, 'members' | 'office'>) {
  const { members, office, seed, tapsPerDay, fromS, lastsS, speed } = options;
  const share: FleetShare = { members, office, seed, tapsPerDay, fromS, lastsS, speed };
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: share });
  let state: ShareState = { taps: 0, waiting: 0, online: 0, sentAgain: 0, bytes: 0, isOver: false };
  const isAway = new Map<number, () => void>();
  const account = new Promise<Extract<FromShare, { is: 'account' }>>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', (message: FromShare) => {
      if (message.is === 'away') {
        isAway.get(message.number)?.();
        return;
      }
      state = message.state;
      if (message.is === 'account') resolve(message);
    });
  });
  return {
    state: () => state,
    say: (request: ToShare) => worker.postMessage(request),
    /** Resolves when it is switched off, or has been told to come back. */
    setAway(number: number, away: boolean): Promise<void> {
      if (!members.some(member => member.number === number)) return Promise.resolve();
      worker.postMessage({ number, isAway: away } satisfies ToShare);
      return new Promise(done => {
        if (away) isAway.set(number, done);
        else done();
      });
    },
    end() {
      worker.postMessage('end' satisfies ToShare);
      return account;
    },
  };
}

function sum(states: readonly ShareState[]): ShareState {
  const of = (name: Exclude<keyof ShareState, 'isOver'>) =>
    states.reduce((total, state) => total + state[name], 0);
  return {
    ...{ taps: of('taps'), waiting: of('waiting'), online: of('online') },
    ...{ sentAgain: of('sentAgain'), bytes: of('bytes') },
    isOver: states.every(({ isOver }) => isOver),
  };
}

function accountOf(
  { validators, lastsS }: FleetOptions,
  accounts: readonly Extract<FromShare, { is: 'account' }>[],
  { attached, ...stored }: Stored & { readonly attached: Required<FleetAccount>['attached'] },
  seconds: number,
): FleetAccount {
  const { taps, sentAgain, bytes } = sum(accounts.map(({ state }) => state));
  const latencies = createLatencies();
  const merged = (what: Measured): RecordableHistogram => {
    for (const account of accounts) latencies.of[what].add(account.latencies[what]);
    return latencies.of[what];
  };
  const [ofTaps, rows, welcome] = measured.map(what => percentilesOf(merged(what)));
  return {
    ...{ validators, taps, stored: stored.taps, duplicates: stored.rows - stored.taps },
    ...{
      lost: taps - stored.taps + Math.max(0, attached.rows - attached.stored),
      sentAgain,
      ackMs: ofTaps ?? null,
    },
    ...(attached.buses > 0 && { attached }),
    messagesMs: { rows: rows ?? null, welcome: welcome ?? null },
    bytesPerValidatorAndDay: Math.round((bytes / validators) * (86_400 / lastsS)),
    seconds: Math.round(seconds),
  };
}
