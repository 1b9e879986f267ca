/** The simulated bus: two validators, the passengers, and what a tester can do with them. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '../../device/core/bytes.ts';
import { messageOf } from '../../device/errors.ts';
import type { Log, LogLevel } from '../../device/log.ts';
import type { GreyFrame } from '../../drivers/code-reader/engine.ts';
import { lockDirectory } from '../../sync/directory-lock.ts';
import { renderFrame } from '../media/frame.ts';
import type { FrameOptions } from '../media/frame-options.ts';
import { type CardFaultName, cardFaults } from '../wires/card-faults.ts';
import type { InsertedCard } from '../wires/vpcd-card.ts';
import { WrongUsage } from '../wrong-usage.ts';
import { startBusOffice } from './back-office.ts';
import { type Belonging, belongingOf, presentingHint } from './belongings.ts';
import { createBusLog } from './bus-log.ts';
import { openCardSlots, type Wiring } from './card-slots.ts';
import type { LogLine } from './firmware-process.ts';
import { insertIfThere } from './insert-if-there.ts';
import { createOfficeActs, type OfficeActs } from './office-acts.ts';
import type { Passenger } from './passengers.ts';
import { frameOfPicture } from './picture.ts';
import { type PilotMoment, type PolicyRules, phaseOf } from './trust-and-policy.ts';
import {
  cacheOf,
  cameraSize,
  type DisplayKind,
  type PostName,
  startValidatorPost,
  type ValidatorPost,
} from './validator-post.ts';

export const postNames: readonly PostName[] = ['front', 'rear'];
export const audiences = ['passenger', 'crew'] as const;
export type Audience = (typeof audiences)[number];

export interface BusOptions {
  readonly directory: string;
  readonly line: string;
  readonly phase: PilotMoment;
  /** The pilot's own unless given. */
  readonly rules?: PolicyRules;
  readonly passengers: readonly Passenger[];
  readonly displays?: DisplayKind;
  /** `vpcd` unless given. */
  readonly wires?: Wiring;
}

/** What the firmware said of one presentation, and what its screens then showed. */
export interface TapResult {
  readonly validator: PostName;
  readonly passenger: string;
  /** The log's line: verdict, reason, seq, fareTaken, fareFen; `card-lost` for a card that left too soon. */
  readonly outcome: LogLine | undefined;
  readonly passengerScreen: ScreenShot;
  readonly crewScreen: ScreenShot;
}

export interface ScreenShot {
  readonly light: string;
  readonly lines: readonly string[];
}

export interface Bus {
  readonly posts: Readonly<Record<PostName, ValidatorPost>>;
  /** What a tester does at the back office. */
  readonly office: OfficeActs;
  /** As they are now. */
  readonly passengers: readonly Passenger[];
  /** Of the links a validator has taken up; 0 for none. */
  linksVersion(post: PostName): number;
  /** Taps a card, shows a phone. */
  present(post: PostName, passenger: string): Promise<TapResult>;
  tap(post: PostName, passenger: string, fault?: CardFaultName): Promise<TapResult>;
  scan(post: PostName, passenger: string): Promise<TapResult>;
  show(post: PostName, passenger: string, options: Partial<FrameOptions>): Promise<TapResult>;
  /** Holds a PNG before the camera. @param called what takes the passenger's place in the result */
  showPicture(post: PostName, png: Uint8Array, called?: string): Promise<TapResult>;
  /** What the back office says went wrong. */
  onOfficeLog(listener: (entry: LogLine) => void): void;
  screen(post: PostName, audience: Audience): ScreenShot;
  onLog(listener: (post: PostName, line: LogLine) => void): void;
  /** Whether a command of this bus is presenting something there just now. */
  isPresenting(post: PostName): boolean;
  /** A code of a passenger's phone, made now. */
  codeOf(passenger: string): Uint8Array;
  onScreen(listener: (post: PostName, audience: Audience) => void): void;
  close(): Promise<void>;
}

const lookLimitMs = 3000;
/** Waited out only where a display is gone. */
const drawLimitMs = lookLimitMs;
const isTap = ({ event }: LogLine) => event === 'tap' || event === 'card-lost';

/** @throws WrongUsage for a directory that cannot be had, or has a bus in it already */
export async function startBus(options: BusOptions): Promise<Bus> {
  const { directory, line, phase, rules = {}, passengers, displays, wires } = options;
  const unlock = lock(directory);
  const slots = await openCardSlots(wires ?? 'vpcd');
  const officeListeners = new Set<(entry: LogLine) => void>();
  const office = await startBusOffice(directory, phase, rules, passengers, logTo(officeListeners));
  const log = createBusLog();
  const homeOf = (name: PostName) => join(directory, name);
  const start = (name: PostName) =>
    startValidatorPost(name, line, homeOf(name), office.files, log.hear, { displays, slot: slots[name] });
  const belongings = new Map(
    passengers.map((passenger, index) => [passenger.id, belongingOf(passenger, index, office.issuer)]),
  );
  const turns: Record<PostName, Promise<unknown>> = { front: Promise.resolve(), rear: Promise.resolve() };
  const presentingAt = new Set<PostName>();
  const caches = { front: cacheOf(homeOf('front')), rear: cacheOf(homeOf('rear')) };
  const acts = createOfficeActs({ office, log, passengers, phase: phaseOf(phase), caches });
  const front = await start('front');
  const posts = { front, rear: await start('rear') };

  function find(id: string): Belonging {
    const belonging = belongings.get(id);
    if (belonging === undefined) throw new WrongUsage(`there is no passenger ${id}: type list`);
    return belonging;
  }

  function screen(post: PostName, audience: Audience): ScreenShot {
    const display = posts[post].screens[audience];
    return { light: display.light(), lines: display.lines().filter(text => text !== '') };
  }

  /** The next notice that is drawn, as it is then. Each beeps; screens between passengers, and what is only drawn anew, do not. */
  function noticeOn(post: PostName, audience: Audience): Promise<ScreenShot> {
    return new Promise(resolve => {
      const display = posts[post].screens[audience];
      const before = display.beeps;
      const stop = display.onChange(() => {
        const shot = screen(post, audience);
        if (display.beeps === before || shot.light === 'off') return;
        stop();
        resolve(shot);
      });
    });
  }

  /** Presents something and waits for what log and screens say of it; one passenger after the other at a post. */
  function presenting(post: PostName, passenger: string, act: () => unknown): Promise<TapResult> {
    const result = turns[post].then(() => presentNow(post, passenger, act));
    turns[post] = result.catch(() => undefined);
    return result;
  }

  async function presentNow(post: PostName, passenger: string, act: () => unknown): Promise<TapResult> {
    const heard = log.next(post, isTap, lookLimitMs);
    const drawn = { passenger: noticeOn(post, 'passenger'), crew: noticeOn(post, 'crew') };
    presentingAt.add(post);
    try {
      await act();
      const outcome = await heard;
      const limit = outcome === undefined ? Promise.resolve() : sleep(drawLimitMs, undefined, { ref: false });
      const shot = (audience: Audience) =>
        Promise.race([drawn[audience], limit.then(() => screen(post, audience))]);
      const [passengerScreen, crewScreen] = await Promise.all([shot('passenger'), shot('crew')]);
      return { validator: post, passenger, outcome, passengerScreen, crewScreen };
    } finally {
      presentingAt.delete(post);
    }
  }

  function codeOf(passenger: string): Uint8Array {
    const belonging = find(passenger);
    if (belonging.has !== 'phone') throw new WrongUsage(`${passenger} ${presentingHint.card}`);
    return belonging.code(Date.now());
  }

  async function tap(post: PostName, passenger: string, fault?: CardFaultName): Promise<TapResult> {
    const belonging = find(passenger);
    if (belonging.has !== 'card') throw new WrongUsage(`${passenger} ${presentingHint.phone}`);
    const faults = fault === undefined ? [] : [cardFaults[fault]()];
    let inserted: InsertedCard | undefined;
    const result = await presenting(post, passenger, async () => {
      inserted = await insertIfThere(posts[post], belonging.card, faults);
    });
    await inserted?.remove();
    return result;
  }

  async function show(post: PostName, passenger: string, options: Partial<FrameOptions>): Promise<TapResult> {
    return showFrame(post, passenger, renderFrame([codeOf(passenger)], { ...cameraSize, ...options }));
  }

  async function showFrame(post: PostName, called: string, frame: GreyFrame): Promise<TapResult> {
    const result = await presenting(post, called, () => posts[post].show(frame));
    posts[post].show(undefined);
    return result;
  }

  return {
    posts,
    office: acts,
    get passengers() {
      return acts.passengers;
    },
    linksVersion: log.linksVersion,
    screen,
    present: (post, passenger) =>
      find(passenger).has === 'card' ? tap(post, passenger) : show(post, passenger, {}),
    tap,
    show,
    showPicture: async (post, png, called = 'picture') =>
      showFrame(post, called, frameOfPicture({ png, called })),
    scan: (post, passenger) => {
      const line = toHex(codeOf(passenger));
      return presenting(post, passenger, () => posts[post].scanner.send(line));
    },
    onLog: log.onLine,
    onOfficeLog: listener => void officeListeners.add(listener),
    isPresenting: post => presentingAt.has(post),
    codeOf,
    onScreen(listener) {
      for (const post of postNames) {
        for (const audience of audiences) {
          posts[post].screens[audience].onChange(() => listener(post, audience));
        }
      }
    },
    async close() {
      await Promise.all(postNames.map(post => posts[post].close()));
      await office.close();
      await slots.close();
      unlock();
    },
  };
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

/** What is fine is not told. */
function logTo(listeners: ReadonlySet<(entry: LogLine) => void>): Log {
  const tell =
    (level: LogLevel): Log['info'] =>
    (event, fields = {}) => {
      for (const listener of listeners) listener({ ...fields, event, level });
    };
  return { debug: () => {}, info: () => {}, warn: tell('warn'), error: tell('error') };
}
