/** The time on a simulated bus, and in its back office: it runs as this computer's does, from wherever it is set to. */
import { earliestMs, latestMs } from '../../device/core/time-belief.ts';
import { createSharedTime } from '../wires/shared-time.ts';

const dayMs = 86_400_000;
const firstTime = earliestMs + dayMs;
const lastTime = latestMs - dayMs;

/** A step of the clocks in between is ten minutes then: health codes that are an hour old are too old. */
export const mostSpeed = 60;

/** @param at Unix milliseconds. @returns why a bus cannot begin then */
export function problemOfTime(at: number): string | undefined {
  if (at >= firstTime && at <= lastTime) return undefined;
  const [side, limit] = at < firstTime ? ['earlier', firstTime] : ['later', lastTime];
  return `is ${side} than ${new Date(limit).toISOString()}, and no validator believes such a time`;
}

export interface BusTime {
  /** Unix milliseconds */
  now(): number;
  /** What the machines on the bus read their time from (`shared-time.ts`). */
  readonly file: string;
  /** Puts all clocks on at once, as if so much time had gone by. */
  putOn(ms: number): void;
  close(): void;
}

/** @param start Unix milliseconds; this computer's time unless given */
export function createBusTime(file: string, start?: number): BusTime {
  let aheadMs = start === undefined ? 0 : start - Date.now();
  let lapsedMs = 0;
  const shared = createSharedTime(file, { aheadMs, lapsedMs });
  return {
    now: () => Date.now() + aheadMs,
    file,
    putOn(ms) {
      aheadMs += ms;
      lapsedMs += ms;
      shared.set({ aheadMs, lapsedMs });
    },
    close: shared.close,
  };
}
