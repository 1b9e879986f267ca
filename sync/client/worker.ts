/** The syncing thread: asks the feed again and again, and checks slowly what is in use. */
import { utimesSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { FirmwareNews, NewlySigned, SyncOutcome } from '../../device/data-ports.ts';
import { DeviceError, type DeviceErrorKind } from '../../device/kit/errors.ts';
import { dropPrevious, readPointer } from '../cache/directory.ts';
import { FeedError } from '../feed/feed-error.ts';
import { createFirmwareFollower, type FollowSettings } from '../firmware/follow.ts';
import type { FirmwareOffer } from '../firmware/offer.ts';
import { type KeyRing, openKeyRing } from '../keys/key-ring.ts';
import type { GivenKeys } from '../keys/keys-file.ts';
import { checkSlowly } from './background-check.ts';
import { cachedVersion } from './cached-generation.ts';
import { createHttp, type Http, type HttpOptions } from './http.ts';
import { createPause, watchForLink } from './polling.ts';
import { createRounds, type Round } from './rounds.ts';
import type { SyncTime } from './signed-dates.ts';
import { isOfDisk, type SyncOptions, type SyncResult, syncOnce } from './sync-once.ts';
import { lockCache } from './sync-state.ts';

export interface WorkerSettings extends Omit<SyncOptions, 'keys'>, HttpOptions {
  readonly keys: GivenKeys;
  readonly pollMs: number;
  /**
   * Shared with the firmware: how far the time that it believes, and the latest and the earliest that any of its sources
   * tells, are ahead of the system's clock, in milliseconds; not a number where there is none.
   */
  readonly aheadMs?: Float64Array;
  /** Left out where no launcher has started the firmware: then there are no slots. */
  readonly firmware?: FollowSettings | undefined;
}

export type WorkerMessage =
  | { readonly kind: 'synced'; readonly result: SyncResult & Pick<SyncOutcome, 'newlySigned'> }
  | {
      readonly kind: 'refused';
      readonly problem: { readonly kind: DeviceErrorKind; readonly message: string };
      readonly kept: number | null;
    }
  | { readonly kind: 'damaged'; readonly generation: string; readonly why: string }
  | { readonly kind: 'proved'; readonly generation: string }
  | { readonly kind: 'firmware'; readonly news: FirmwareNews };

export type WorkerRequest =
  | { readonly kind: 'sync-now' }
  | { readonly kind: 'damaged'; readonly generation: string };

const checkAgainMs = 6 * 3_600_000;
const lookMs = 1000;
const clockStepMs = 60_000;
/** Of firmware, compared with the feed's own files. */
const slowness = 4;

const settings: WorkerSettings = workerData;
const opening = openKeyRing(settings.keys, settings.directory);
const http = createHttp(settings, { times: judgingTimes });
const damaged = new Set<string>();
const followFirmware = settings.firmware && createFollowing(settings.firmware);
/** The feed had this version, and none after it. */
let answered: { readonly atMs: number; readonly version: number } | undefined;

// A tap comes before any syncing. Elsewhere than on Linux it would be the whole process's priority.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
parentPort?.on('message', (request: WorkerRequest) => {
  if (request.kind === 'damaged') damaged.add(request.generation);
  rounds.askNow();
});
const rounds = createRounds({
  round: async () => round(http, await opening),
  pause: createPause(settings.pollMs, Math.random),
  news: [watchForLink(), watchForClock()],
  alwaysNews: watchForDisk(),
});
void opening.then(keys => Promise.all([rounds.run(), keepChecking(keys)]));

/** @returns whether other times are believed or told than at the last call: certificates and dates may be good now */
function watchForClock(): () => boolean {
  let known = timesAhead();
  return () => {
    const before = known;
    known = timesAhead();
    return known.some(
      (ms, i) => !Object.is(ms, before[i]) && !(Math.abs(ms - Number(before[i])) <= clockStepMs),
    );
  };
}

/** @returns whether the cache's disk has stopped taking writes since the last call, or takes them again; a round says which */
function watchForDisk(): () => boolean {
  let tookWrites = true;
  return () => {
    const before = tookWrites;
    tookWrites = takesWrites();
    return tookWrites !== before;
  };
}

/** A disk that has broken down may still say that it can be written, and be read. */
function takesWrites(): boolean {
  try {
    const now = new Date();
    utimesSync(settings.directory, now, now);
    return true;
  } catch {
    return false;
  }
}

async function round(http: Http, keys: KeyRing): Promise<Round> {
  const askedAt = performance.now();
  const before = http.received;
  try {
    const bad = [...damaged];
    const result = await syncOnce({ ...settings, keys, damaged: bad, time: believedTime() }, http);
    for (const generation of bad) damaged.delete(generation);
    tell({ kind: 'synced', result: { ...result, newlySigned: newlySigned(result) } });
    followFirmware?.(result.firmware);
    answered = { atMs: askedAt - result.heldMs, version: result.version };
    return { succeeded: true, madeProgress: http.received > before };
  } catch (error) {
    const problem = problemOf(error);
    tell({ kind: 'refused', problem, kept: cachedVersion(settings.directory, keys.held()) });
    return { succeeded: false, madeProgress: http.received > before };
  }
}

/** Over a connection of its own and at a quarter of the rate, so that health codes do not wait for it. */
function createFollowing(firmware: FollowSettings): (offer: FirmwareOffer) => void {
  const { timeoutMs, bytesPerS } = settings;
  const slow = bytesPerS && Math.ceil(bytesPerS / slowness);
  const own = createHttp({ timeoutMs, bytesPerS: slow }, { times: judgingTimes });
  const url = settings.url.replace(/\/+$/, '');
  const follower = createFirmwareFollower(firmware, url, own, news => tell({ kind: 'firmware', news }));
  let isAtWork = false;
  return offer => {
    if (isAtWork) return;
    isAtWork = true;
    void follower.follow(offer).finally(() => {
      isAtWork = false;
    });
  };
}

function timesAhead(): readonly number[] {
  return Array.from(settings.aheadMs ?? [0, 0, 0]);
}

function believedTime(): SyncTime {
  const [believed = Number.NaN, latest = Number.NaN, earliest = Number.NaN] = timesAhead();
  if (Number.isNaN(believed)) return 'unknown';
  return { earliest: Date.now() + earliest, latest: Date.now() + latest };
}

/** What the feed did not have when it was last asked was signed since then. */
function newlySigned({ version, signedAt }: SyncResult): NewlySigned | undefined {
  if (answered === undefined || version <= answered.version) return undefined;
  return { signedAt, withinMs: performance.now() - answered.atMs };
}

/** By which the certificate of the feed's server is judged; where nothing tells a time that can be, the system's clock. */
function judgingTimes(): readonly [number, ...number[]] {
  const [first = 0, ...others] = timesAhead().filter(ms => !Number.isNaN(ms));
  const now = Date.now();
  return [now + first, ...others.map(ms => now + ms)];
}

/** Anything else is a mistake in the program, and ends the thread. */
function problemOf(error: unknown): { kind: DeviceErrorKind; message: string } {
  if (error instanceof DeviceError) return { kind: error.kind, message: error.message };
  if (error instanceof FeedError) return { kind: 'protocol', message: error.message };
  throw error;
}

/** At the start, after each new generation, and a few times a day. */
async function keepChecking(keys: KeyRing): Promise<void> {
  while (true) {
    const result = await checkSlowly(settings.directory, keys.held());
    if (result === 'nothing to say') {
      await delay(lookMs);
      continue;
    }
    if (result.whole) prove(result.generation);
    else report(result.generation, result.why);
    const until = performance.now() + checkAgainMs;
    while (performance.now() < until && inUse() === result.generation) await delay(lookMs);
  }
}

function inUse(): string | undefined {
  return readPointer(settings.directory)?.current;
}

function prove(generation: string): void {
  try {
    const unlock = lockCache(settings.directory);
    try {
      dropPrevious(settings.directory);
    } finally {
      unlock();
    }
  } catch (error) {
    // A sync is at work, or nothing can be written: it is dropped after the next check.
    if (!(error instanceof FeedError || isOfDisk(error))) throw error;
  }
  tell({ kind: 'proved', generation });
}

function report(generation: string, why: string): void {
  damaged.add(generation);
  tell({ kind: 'damaged', generation, why });
  rounds.askNow();
}

function tell(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}
