/** How late the monkey's own process is: cards and phones are played in it, and answer no sooner. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface LoopLateness {
  /** The most since it was asked last, in milliseconds. */
  takeWorstMs(): number;
  close(): void;
}

const resolutionMs = 10;

export function watchLoopLateness(): LoopLateness {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  return {
    takeWorstMs() {
      const worst = delay.max / 1e6 - resolutionMs;
      delay.reset();
      return worst;
    },
    close: () => void delay.disable(),
  };
}
