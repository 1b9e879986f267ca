/** The simulated bus: two validators, the passengers, the back office, and what a tester can do with them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import type { Log, LogLevel } from '../../device/kit/log.ts';
import { lockDirectory } from '../../sync/directory-lock.ts';
import type { PassengerCard } from '../media/virtual-card.ts';
import { createBelongings } from './belongings.ts';
import { readBusLine } from './bus-line.ts';
import { type BusLog, createBusLog } from './bus-log.ts';
import { createBusTime } from './bus-time.ts';
import { openCardSlots, type Wiring } from './card-slots.ts';
import { openDoorWays } from './door-ways.ts';
import type { LogLine } from './firmware-process.ts';
import { lapse } from './lapse.ts';
import { type BusLine, usualLine } from './line-stops.ts';
import { type Networks, openNetworks } from './networks.ts';
import { type BusOffice, startBusOffice } from './office/bus-office.ts';
import type { PilotMoment, PolicyRules } from './office/trust-and-policy.ts';
import { keepPace } from './pace.ts';
import type { Passenger } from './passengers.ts';
import { createPresentations, type Presentations } from './presentations.ts';
import { createRiding, type Riding } from './riding.ts';
import { createScreens, type Screens } from './screens.ts';
import {
  deviceOf,
  keysOf,
  newSigningOf,
  type PostName,
  postNames,
  startValidatorPost,
  type ValidatorPost,
} from './validator-post.ts';
import { cacheOf, type DisplayKind, type UplinkFiles } from './validator-settings.ts';
import { listenToVoices, type SpokenListener } from './voices.ts';

/** A bus that begins at a given time starts so long before it, and is ready by then. */
const leadMs = 10 * 60_000;

export interface BusOptions {
  readonly directory: string;
  readonly line: string;
  readonly phase: PilotMoment;
  /** The time on the bus when it begins, in Unix milliseconds; this computer's time unless given. */
  readonly at?: number | undefined;
  /** So many seconds of the bus go by in one, on the average; 1 unless given. */
  readonly speed?: number | undefined;
  /** The pilot's own unless given. */
  readonly rules?: PolicyRules;
  /** A GTFS feed with the line, zip or folder; a few stops without any ways unless given. */
  readonly gtfs?: string | undefined;
  readonly passengers: readonly Passenger[];
  readonly displays?: DisplayKind;
  /** `vpcd` unless given. */
  readonly wires?: Wiring;
  /** Another back office takes the rows than the bus's own; by validator its name there, and its files. */
  readonly uplinks?: Readonly<Record<PostName, UplinkFiles & { readonly device: string }>> | undefined;
  /** For a busy machine: cards, cameras and outcomes have so much time that only a fault is slower. */
  readonly isPatient?: boolean;
}

/** What the firmware has of each validator's PSAM, 12 digits. */
const terminals: Readonly<Record<PostName, string>> = { front: '110000000001', rear: '110000000002' };

export interface Bus
  extends Riding,
    Pick<BusLog, 'linksVersion'>,
    Pick<Screens, 'screen' | 'onScreen'>,
    Pick<Presentations, 'isPresenting' | 'confirm'> {
  readonly posts: Readonly<Record<PostName, ValidatorPost>>;
  readonly line: BusLine;
  /** Each validator's way to the back office. */
  readonly networks: Networks;
  /** The time on the bus, in Unix milliseconds. */
  now(): number;
  /** Lets time go by without waiting for it; what it brings is published when it resolves. */
  pass(ms: number): Promise<void>;
  /** To be called when it is ready: the time is now what was asked for. */
  begin(): Promise<void>;
  /** What a tester does at the back office. */
  readonly office: BusOffice;
  /** As they are now. */
  readonly passengers: readonly Passenger[];
  /** Hears each prompt that a validator begins to say. */
  onSpoken(listener: SpokenListener): void;
  onLog(listener: (post: PostName, line: LogLine) => void): void;
  /** Hears the back office's warnings and errors. */
  onOfficeLog(listener: (entry: LogLine) => void): void;
  hasCard(passenger: string): boolean;
  /** @throws WrongUsage for a passenger with a phone */
  cardOf(passenger: string): PassengerCard;
  /** A code of a passenger's phone, made now. */
  codeOf(passenger: string): Uint8Array;
  close(): Promise<void>;
}

/** @throws WrongUsage for a directory that cannot be used, or has a bus in it already */
export async function startBus(options: BusOptions): Promise<Bus> {
  const {
    directory,
    line,
    phase,
    at,
    speed = 1,
    rules = {},
    gtfs,
    passengers,
    displays,
    wires = 'vpcd',
    uplinks,
    isPatient = false,
  } = options;
  const busLine = gtfs === undefined ? usualLine : await readBusLine(gtfs, line);
  const unlock = lock(directory);
  const slots = await openCardSlots(wires);
  const time = createBusTime(join(directory, 'time'), at === undefined ? undefined : at - leadMs);
  const log = createBusLog();
  let networks: Networks | undefined;
  const officeLog = createOfficeLog();
  const homeOf = (name: PostName) => join(directory, name);
  const caches = { front: cacheOf(homeOf('front')), rear: cacheOf(homeOf('rear')) };
  const office = await startBusOffice({
    directory,
    phase,
    rules,
    gtfs,
    passengers,
    busLog: log,
    caches,
    now: time.now,
    networkChanged(isUp) {
      for (const post of postNames) networks?.[post].carry(isUp);
    },
    isCutOff: post => networks?.[post].isIn === false,
    log: officeLog.log,
  });
  networks = await openNetworks(office.feedUrl, uplinks?.front.url ?? office.brokerUrl);
  const doorWays = await openDoorWays(directory);
  const start = async (name: PostName) => {
    mkdirSync(homeOf(name), { recursive: true, mode: 0o700 });
    const fleetKeys = keysOf(homeOf(name));
    const feed = office.files.feed && { ...office.files.feed, url: networks[name].feedUrl };
    const signing = newSigningOf(homeOf(name));
    const { device, ...given } = uplinks?.[name] ?? { office: office.uplinkKeys, signing, device: undefined };
    const uplink = { ...given, url: networks[name].brokerUrl };
    const busLink = doorWays[name];
    const files = { ...office.files, ...(feed && { feed }), uplink, busLink, fleetKeys };
    await office.enrol(device ?? deviceOf(name), fleetKeys, signing);
    const terminal = terminals[name];
    const wiring = { device, displays, slot: slots[name], isPatient, terminal, time, at: busLine.there[0] };
    return startValidatorPost(name, line, homeOf(name), files, log.hear, wiring);
  };
  const front = await start('front');
  const posts = { front, rear: await start('rear') };
  const screens = createScreens(posts);
  const { present, confirm, isPresenting } = createPresentations(log, screens, isPatient);
  const belongings = createBelongings(passengers, office.issuer, time.now);
  // One after the other: each begins where the one before has come to.
  let passing = Promise.resolve();
  const pass = (ms: number) => {
    const passed = passing.then(() => lapse(ms, { time, posts, office }));
    passing = passed.catch(() => undefined);
    return passed;
  };
  let stopPace = async () => {};

  return {
    ...createRiding(posts, belongings, present),
    posts,
    line: busLine,
    networks,
    office,
    now: time.now,
    pass,
    async begin() {
      if (at !== undefined) await pass(at - time.now());
      if (speed > 1) stopPace = keepPace({ speed, now: time.now, pass });
    },
    get passengers() {
      return office.passengers;
    },
    linksVersion: log.linksVersion,
    screen: screens.screen,
    onScreen: screens.onScreen,
    onSpoken: listener => listenToVoices(posts, listener),
    onLog: log.onLine,
    onOfficeLog: officeLog.onEntry,
    isPresenting,
    confirm,
    hasCard: id => belongings.has(id) === 'card',
    cardOf: belongings.cardOf,
    codeOf: belongings.codeOf,
    async close() {
      await stopPace();
      await Promise.all(postNames.map(post => posts[post].close()));
      await Promise.all(postNames.map(post => networks[post].close()));
      await office.close();
      time.close();
      await slots.close();
      unlock();
    },
  };
}

/**
 * Waits until both validators say ready and have their first data from the feed.
 * @returns false if they do not within `limitMs`; the screens then show what is wrong
 */
export function becomeReady(bus: Bus, limitMs = 30_000): Promise<boolean> {
  const waiting = new Set(postNames.flatMap(post => [`${post} ready`, `${post} links`]));
  return new Promise(done => {
    const timer = setTimeout(done, limitMs, false).unref();
    bus.onLog((post, { event, usable }) => {
      if (event !== 'links' || usable === true) waiting.delete(`${post} ${event}`);
      if (waiting.size > 0) return;
      clearTimeout(timer);
      done(true);
    });
  });
}

function lock(directory: string): () => void {
  let unlock: (() => void) | undefined;
  try {
    unlock = lockDirectory(directory);
  } catch (error) {
    throw new WrongUsage(`${directory}: ${messageOf(error)}`);
  }
  if (unlock === undefined) throw new WrongUsage(`${directory}: another bus is running here`);
  return unlock;
}

/** The back office's warnings and errors, for whoever listens. */
function createOfficeLog() {
  const listeners = new Set<(entry: LogLine) => void>();
  const tell =
    (level: LogLevel): Log['info'] =>
    (event, fields = {}) => {
      for (const listener of listeners) listener({ ...fields, event, level });
    };
  const log: Log = { debug: () => {}, info: () => {}, warn: tell('warn'), error: tell('error') };
  return { log, onEntry: (listener: (entry: LogLine) => void) => void listeners.add(listener) };
}
