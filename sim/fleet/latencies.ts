/** How long what was asked for took, in histograms that threads can give each other. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** From a tap to its acknowledgement, or from when its validator was online; from a batch to its answer; from the network to the welcome. */
export const measured = ['taps', 'rows', 'welcome'] as const;
export type Measured = (typeof measured)[number];

export interface Latencies {
  readonly of: Readonly<Record<Measured, RecordableHistogram>>;
  record(what: Measured, ms: number): void;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** A histogram counts whole numbers from 1. */
const perMs = 100;

export function createLatencies(): Latencies {
  const of = { taps: createHistogram(), rows: createHistogram(), welcome: createHistogram() };
  return {
    of,
    record: (what, ms) => of[what].record(Math.max(1, Math.round(ms * perMs))),
  };
}

/** @returns milliseconds; null where nothing was measured */
export function percentilesOf(histogram: RecordableHistogram): Percentiles | null {
  if (histogram.count === 0) return null;
  return { p50: histogram.percentile(50) / perMs, p99: histogram.percentile(99) / perMs };
}
