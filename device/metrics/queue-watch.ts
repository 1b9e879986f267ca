/**
 * How many rows wait for the back office, and for how long. Sealed rows tell only their day: their age is known from when the queue
 * was last seen empty, and after a restart it is at least what the oldest row's day comes to.
 */
import { type Clock, everySecond } from '../kit/time.ts';
import type { MetricsContext } from './context.ts';

export interface QueueWatch {
  /** NaN rows while nobody knows. */
  now(): { readonly rows: number; readonly ageS: number };
  stop(): void;
}

const dayMs = 86_400_000;

export function watchQueue({
  uplink,
  journal,
  time,
  monotonic,
}: Pick<MetricsContext, 'uplink' | 'journal' | 'monotonic'> & {
  readonly time: { readonly now: Clock };
}): QueueWatch {
  let waitingSince: number | undefined;

  function queued(): { readonly rows: number; readonly first: number } | undefined {
    const state = uplink?.state();
    if (state?.progress === undefined || state.lastSeq === undefined) return undefined;
    const { acknowledged } = state.progress;
    return { rows: Math.max(0, state.lastSeq - acknowledged), first: acknowledged + 1 };
  }

  function look(): ReturnType<typeof queued> {
    const now = queued();
    if (now?.rows === 0) waitingSince = undefined;
    else waitingSince ??= monotonic();
    return now;
  }

  /** What the end of the day of the oldest row is ago. */
  function sinceItsDayMs(seq: number): number {
    const day = journal.current()?.dayOf(seq);
    return day === undefined ? 0 : time.now() - (day + 1) * dayMs;
  }

  const stop = everySecond(look);
  return {
    now() {
      const now = look();
      if (now === undefined) return { rows: Number.NaN, ageS: Number.NaN };
      if (now.rows === 0) return { rows: 0, ageS: 0 };
      const knownMs = waitingSince === undefined ? 0 : monotonic() - waitingSince;
      return { rows: now.rows, ageS: Math.max(knownMs, sinceItsDayMs(now.first), 0) / 1000 };
    },
    stop,
  };
}
