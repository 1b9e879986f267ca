/** The syncing thread: asks the feed again and again, and checks slowly what is in use. */
import { constants, setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { DeviceError, type DeviceErrorKind } from '../../device/errors.ts';
import { dropPrevious, readPointer } from '../cache/directory.ts';
import { FeedError } from '../feed/feed-error.ts';
import type { FleetKey } from '../fleet-keys.ts';
import { checkSlowly } from './background-check.ts';
import { versionHere } from './here.ts';
import { createHttp, type HttpOptions } from './http.ts';
import { lockCache } from './memory.ts';
import { createPause } from './polling.ts';
import { isOfDisk, type SyncOptions, type SyncResult, syncOnce } from './sync-once.ts';

export interface WorkerSettings extends SyncOptions, HttpOptions {
  readonly keys: readonly FleetKey[];
  readonly pollMs: number;
  /** Shared with the firmware: how far its belief is ahead of the system's clock, in milliseconds. */
  readonly aheadMs?: Float64Array;
}

export type WorkerMessage =
  | { readonly kind: 'synced'; readonly result: SyncResult }
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

const settings: WorkerSettings = workerData;
const damaged = new Set<string>();
let wake = new AbortController();

// A tap comes before any syncing. Elsewhere than on Linux it would be the whole process's priority.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
parentPort?.on('message', (request: WorkerRequest) => {
  if (request.kind === 'damaged') damaged.add(request.generation);
  wake.abort();
});
await Promise.all([keepSyncing(), keepChecking()]);

async function keepSyncing(): Promise<void> {
  const http = createHttp(settings);
  const pause = createPause(settings.pollMs, Math.random);
  while (true) {
    wake = new AbortController();
    const before = http.received;
    const succeeded = await round(http);
    await sleep(pause.after(succeeded, http.received > before), wake.signal);
  }
}

async function round(http: ReturnType<typeof createHttp>): Promise<boolean> {
  try {
    const bad = [...damaged];
    const result = await syncOnce(
      { ...settings, damaged: bad, now: Date.now() + (settings.aheadMs?.[0] ?? 0) },
      http,
    );
    for (const generation of bad) damaged.delete(generation);
    tell({ kind: 'synced', result });
    return true;
  } catch (error) {
    const problem = problemOf(error);
    tell({ kind: 'refused', problem, kept: versionHere(settings.directory, settings.keys) });
    return false;
  }
}

/** Anything else is a mistake in the program, and ends the thread. */
function problemOf(error: unknown): { kind: DeviceErrorKind; message: string } {
  if (error instanceof DeviceError) return { kind: error.kind, message: error.message };
  if (error instanceof FeedError) return { kind: 'protocol', message: error.message };
  throw error;
}

/** At the start, after each new generation, and a few times a day. */
async function keepChecking(): Promise<void> {
  while (true) {
    const result = await checkSlowly(settings.directory, settings.keys);
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
