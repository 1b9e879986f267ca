/** A thread with some of the fleet's validators: plays their day, and says each second how it goes. */

import type { RecordableHistogram } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { BrokerAddress } from '../../sync/uplink/connection.ts';
import type { OfficeKeys, OwnKey } from '../../sync/uplink/uplink-keys.ts';
import { createRandom } from '../media/random.ts';
import { freePort } from '../wires/free-port.ts';
import { createNetworkPort } from '../wires/network-port.ts';
import { type DayEvent, dayOf, dayS } from './day.ts';
import { createFleetValidator, type FleetValidator } from './fleet-validator.ts';
import { createLatencies, type Measured } from './latencies.ts';

export interface FleetMember {
  readonly number: number;
  readonly own: OwnKey;
  readonly line: string;
  readonly bus: string;
  readonly broker: BrokerAddress;
}

export interface FleetShare {
  readonly members: readonly FleetMember[];
  readonly office: OfficeKeys;
  readonly seed: number;
  readonly tapsPerDay: number;
  /** Seconds since midnight when it begins. */
  readonly fromS: number;
  /** Of simulated time. */
  readonly lastsS: number;
  readonly speed: number;
}

export interface ShareState {
  readonly taps: number;
  /** Taps that are not acknowledged. */
  readonly waiting: number;
  readonly online: number;
  readonly sentAgain: number;
  readonly bytes: number;
  /** All taps were made, and all validators have the network. */
  readonly isOver: boolean;
}

/**
 * `enough`: no more taps are made; `end`: whatever still waits, the account is asked for. `away`: a validator, by its number, is switched off
 * and has no day, until it is not away any more.
 */
export type ToShare = 'enough' | 'end' | { readonly number: number; readonly isAway: boolean };

export type FromShare =
  | { readonly is: 'state'; readonly state: ShareState }
  | { readonly is: 'away'; readonly number: number }
  | {
      readonly is: 'account';
      readonly state: ShareState;
      readonly latencies: Readonly<Record<Measured, RecordableHistogram>>;
    };

const share: FleetShare = workerData;
const latencies = createLatencies();
const tickMs = 20;
let isEnough = false;
let isEnding = false;
const away = new Set<FleetValidator>();
parentPort?.on('message', (request: ToShare) => {
  if (typeof request === 'object') void setAway(request.number, request.isAway);
  else {
    isEnough = true;
    isEnding ||= request === 'end';
  }
});

const validators = await Promise.all(share.members.map(openMember));
const plans = share.members.map(({ number }) => planOf(number));
const startedAt = performance.now();
let isOver = false;
const telling = setInterval(() => say({ is: 'state', state: stateNow() }), 1000);
await play();
await bringHome();
isOver = true;
while (!isEnding) await delay(tickMs);
clearInterval(telling);
await Promise.all(validators.map(({ setPower }) => setPower(false)));
say({
  is: 'account',
  state: stateNow(),
  latencies: latencies.of,
});
// The ports of the networks keep it alive.
process.exit(0);

async function openMember({ broker, ...member }: FleetMember): Promise<FleetValidator> {
  const url = new URL(broker.url);
  const to = Number(url.port || (url.protocol === 'mqtts:' ? 8883 : 1883));
  const network = await createNetworkPort({ port: await freePort(), to, host: url.hostname });
  const by = `${url.protocol}//127.0.0.1:${network.port}`;
  return createFleetValidator({
    ...member,
    office: share.office,
    broker: { ...broker, url: by },
    network,
    latencies,
  });
}

/** What is before the beginning is left out, but for how things stand then. */
function planOf(number: number): DayEvent[] {
  const events: DayEvent[] = [];
  for (let day = 0; day * dayS < share.fromS + share.lastsS; day++) {
    const random = createRandom(share.seed * 1_000_003 + number * 101 + day);
    events.push(...dayOf(random, share).map(event => ({ ...event, at: event.at + day * dayS })));
  }
  const before = events.filter(({ at, is }) => at < share.fromS && is !== 'tap');
  const standing = (['power', 'network'] as const).flatMap(
    is => before.findLast(event => event.is === is) ?? [],
  );
  const during = events.filter(({ at }) => at >= share.fromS && at < share.fromS + share.lastsS);
  return [...standing, ...during];
}

async function play(): Promise<void> {
  const next = plans.map(() => 0);
  for (;;) {
    const passedS = ((performance.now() - startedAt) / 1000) * share.speed;
    const now = share.fromS + Math.min(passedS, share.lastsS);
    for (const [i, plan] of plans.entries())
      for (let event = plan[next[i] ?? 0]; event !== undefined && event.at <= now; ) {
        happen(validators[i], event);
        next[i] = (next[i] ?? 0) + 1;
        event = plan[next[i] ?? 0];
      }
    if (passedS >= share.lastsS || isEnough) return;
    await delay(tickMs);
  }
}

/** It comes back with power and network, whatever its day says of that hour. */
async function setAway(number: number, isAway: boolean): Promise<void> {
  const validator = validators[share.members.findIndex(member => member.number === number)];
  if (validator === undefined) return;
  if (isAway) {
    away.add(validator);
    await validator.setPower(false);
    say({ is: 'away', number });
  } else {
    away.delete(validator);
    await bringBack(validator);
  }
}

function happen(validator: FleetValidator | undefined, event: DayEvent): void {
  if (validator !== undefined && away.has(validator)) return;
  if (event.is === 'tap') validator?.tap();
  else if (event.is === 'network') void validator?.setNetwork(event.isUp);
  else void validator?.setPower(event.isOn);
}

/** At the end all have power and network, so that what waits can be sent. */
async function bringHome(): Promise<void> {
  await Promise.all(validators.filter(validator => !away.has(validator)).map(bringBack));
}

async function bringBack({ setNetwork, setPower }: FleetValidator): Promise<void> {
  await setNetwork(true);
  await setPower(true);
}

function stateNow(): ShareState {
  const sum = (of: (validator: FleetValidator) => number) =>
    validators.reduce((total, validator) => total + of(validator), 0);
  return {
    taps: sum(({ taps }) => taps),
    waiting: sum(({ waiting }) => waiting),
    online: validators.filter(({ isOnline }) => isOnline).length,
    sentAgain: sum(({ sentAgain }) => sentAgain),
    bytes: sum(({ bytes }) => bytes),
    isOver,
  };
}

function say(message: FromShare): void {
  parentPort?.postMessage(message);
}
