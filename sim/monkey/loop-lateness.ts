/** How late the monkey's own process is: cards and phones are played in it, and answer no sooner. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface LoopLateness {
  /** The most since the last reset, in milliseconds. */
  worstMs(): number;
  reset(): void;
  close(): void;
}

const resolutionMs = 10;

export function watchLoopLateness(): LoopLateness {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  return {
    worstMs: () => delay.max / 1e6 - resolutionMs,
    reset: () => delay.reset(),
    close: () => void delay.disable(),
  };
}
