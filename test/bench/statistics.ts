/** The few statistics the bench needs. */

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

/** By nearest rank: a value that was measured, never one in between. @param part from 0 to 1 */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

export function quantilesOf(samples: readonly number[]): Quantiles {
  return { p50: median(samples), p99: quantile(samples, 0.99) };
}

export function sum(samples: readonly number[]): number {
  return samples.reduce((total, sample) => total + sample, 0);
}
