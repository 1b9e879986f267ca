/** The syncing thread: asks the feed again and again, and checks slowly what is in use. */
import { utimesSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { DeviceError, type DeviceErrorKind } from '../../device/kit/errors.ts';
import type { NewlySigned, SyncOutcome } from '../../device/ports.ts';
import { dropPrevious, readPointer } from '../cache/directory.ts';
import { FeedError } from '../feed/feed-error.ts';
import { type KeyRing, openKeyRing } from '../keys/key-ring.ts';
import type { GivenKeys } from '../keys/keys-file.ts';
import { checkSlowly } from './background-check.ts';
import { cachedVersion } from './cached-generation.ts';
import { createHttp, type HttpOptions } from './http.ts';
import { createPause, watchForLink } from './polling.ts';
import type { SyncTime } from './signed-dates.ts';
import { isOfDisk, type SyncOptions, type SyncResult, syncOnce } from './sync-once.ts';
import { lockCache } from './sync-state.ts';

export interface WorkerSettings extends Omit<SyncOptions, 'keys'>, HttpOptions {
  readonly keys: GivenKeys;
  readonly pollMs: number;
  /**
   * Shared with the firmware: how far the time that it believes, and the latest that any of its sources tells, are ahead of
   * the system's clock, in milliseconds; not a number while it believes none.
   */
  readonly aheadMs?: Float64Array;
}

export type WorkerMessage =
  | { readonly kind: 'synced'; readonly result: SyncResult & Pick<SyncOutcome, 'newlySigned'> }
  | {
      readonly kind: 'refused';
      readonly problem: { readonly kind: DeviceErrorKind; readonly message: string };
      readonly kept: number | null;
    }
  | { readonly kind: 'damaged'; readonly generation: string; readonly why: string }
  | { readonly kind: 'proved'; readonly generation: string };

export type WorkerRequest =
  | { readonly kind: 'sync-now' }
  | { readonly kind: 'damaged'; readonly generation: string };

const checkAgainMs = 6 * 3_600_000;
const lookMs = 1000;
const clockStepMs = 60_000;

const settings: WorkerSettings = workerData;
const opening = openKeyRing(settings.keys, settings.directory);
const damaged = new Set<string>();
let wake = new AbortController();
/** The feed had this version, and none after it. */
let answered: { readonly atMs: number; readonly version: number } | undefined;

// A tap comes before any syncing. Elsewhere than on Linux it would be the whole process's priority.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
parentPort?.on('message', (request: WorkerRequest) => {
  if (request.kind === 'damaged') damaged.add(request.generation);
  wake.abort();
});
void opening.then(keys => Promise.all([keepSyncing(keys), keepChecking(keys)]));

async function keepSyncing(keys: KeyRing): Promise<void> {
  const http = createHttp(settings, { now: judgingTime });
  const pause = createPause(settings.pollMs, Math.random);
  const isLinkUp = watchForLink();
  const isClockSet = watchForClock();
  const isDiskOther = watchForDisk();
  while (true) {
    wake = new AbortController();
    const before = http.received;
    const succeeded = await round(http, keys);
    const until = performance.now() + pause.after(succeeded, http.received > before);
    while (performance.now() < until && !wake.signal.aborted) {
      // All are asked, so that neither tells old news later.
      const isNews = [isLinkUp(), isClockSet()].includes(true);
      if (isDiskOther() || (isNews && !succeeded)) {
        pause.beginAnew();
        break;
      }
      await sleep(Math.min(lookMs, until - performance.now()), wake.signal);
    }
  }
}

/** @returns whether the believed time is another one than at the last call: certificates and dates may be good now */
function watchForClock(): () => boolean {
  let known = judgingTime() - Date.now();
  return () => {
    const before = known;
    known = judgingTime() - Date.now();
    return Math.abs(known - before) > clockStepMs;
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

async function round(http: ReturnType<typeof createHttp>, keys: KeyRing): Promise<boolean> {
  const askedAt = performance.now();
  try {
    const bad = [...damaged];
    const result = await syncOnce({ ...settings, keys, damaged: bad, time: believedTime() }, http);
    for (const generation of bad) damaged.delete(generation);
    tell({ kind: 'synced', result: { ...result, newlySigned: newlySigned(result) } });
    answered = { atMs: askedAt - result.heldMs, version: result.version };
    return true;
  } catch (error) {
    const problem = problemOf(error);
    tell({ kind: 'refused', problem, kept: cachedVersion(settings.directory, keys.held()) });
    return false;
  }
}

function believedTime(): SyncTime {
  const [now = 0, latest = 0] = settings.aheadMs ?? [];
  if (Number.isNaN(now)) return 'unknown';
  return { now: Date.now() + now, latest: Date.now() + latest };
}

/** What the feed did not have when it was last asked was signed since then. */
function newlySigned({ version, signedAt }: SyncResult): NewlySigned | undefined {
  if (answered === undefined || version <= answered.version) return undefined;
  return { signedAt, withinMs: performance.now() - answered.atMs };
}

/** By which the certificate of the feed's server is judged: the believed time, or the system's clock. */
function judgingTime(): number {
  const time = believedTime();
  return time === 'unknown' ? Date.now() : time.now;
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
  wake.abort();
}

function tell(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch {
    // Woken.
  }
}
