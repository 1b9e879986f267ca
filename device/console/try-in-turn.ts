/** Things that are shown or sounded one after the other, each for its time, and only while no passenger is told something. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Trial {
  readonly name: string;
  readonly ms: number;
  /** @returns ends it; undefined while a passenger is told something */
  start(): (() => void) | undefined;
}

export interface Tried {
  /** The names of those that have begun. */
  readonly tried: string[];
  /** Passengers or Ctrl-C came before all had been tried. */
  readonly isCut: boolean;
}

/** @returns whether nothing has cut it short */
export type Wait = (ms: number, signal: AbortSignal) => Promise<boolean>;

const lookAgainMs = 250;
/** While passengers come one after the other, nothing can be tried. */
const patienceMs = 30_000;
/** What is shown stays until the next one is, though a busy machine may be late with it. */
export const longerMs = 1000;

export async function tryInTurn(
  trials: readonly Trial[],
  signal: AbortSignal,
  wait: Wait = waitReally,
): Promise<Tried> {
  const tried: string[] = [];
  let end: (() => void) | undefined;
  for (const { name, ms, start } of trials) {
    end = await whenFree(start, signal, wait);
    if (end === undefined) return { tried, isCut: true };
    tried.push(name);
    if (await wait(ms, signal)) continue;
    end();
    return { tried, isCut: true };
  }
  end?.();
  return { tried, isCut: false };
}

async function whenFree(
  start: Trial['start'],
  signal: AbortSignal,
  wait: Wait,
): Promise<(() => void) | undefined> {
  for (let waitedMs = 0; waitedMs < patienceMs && !signal.aborted; waitedMs += lookAgainMs) {
    const end = start();
    if (end !== undefined) return end;
    await wait(lookAgainMs, signal);
  }
  return undefined;
}

const waitReally: Wait = (ms, signal) => delay(ms, true, { signal }).catch(() => false);
