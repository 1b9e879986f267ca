/** Watches that no process grows without end: the resident memory of the validators and of the monkey itself. */
import { readFileSync } from 'node:fs';
import type { Disagreement } from './disagreement.ts';

export interface MemoryWatch {
  growthOf(name: string, pid: number, now: number): Disagreement | undefined;
  /** In MiB by name: the most while warming up, the most of all, and for how many seconds it was watched. */
  report(): Record<string, { warm: number; most: number; seconds: number }>;
}

interface Watched {
  readonly since: number;
  warm: number;
  most: number;
  seconds: number;
}

/** For so long caches fill, and code is compiled. */
const warmUpMs = 45_000;
/** Growth is what goes so far beyond the most of the warm-up. */
const growthMiB = 96;

export function createMemoryWatch(): MemoryWatch {
  const watched = new Map<string, Watched>();
  return {
    growthOf(name, pid, now) {
      const key = `${name} (${pid})`;
      const residentMiB = residentOf(pid);
      if (residentMiB === undefined) return undefined;
      const process = watched.get(key) ?? { since: now, warm: 0, most: 0, seconds: 0 };
      watched.set(key, process);
      const ageMs = now - process.since;
      process.most = Math.max(process.most, residentMiB);
      process.seconds = Math.round(ageMs / 1000);
      if (ageMs < warmUpMs) process.warm = process.most;
      const growth = residentMiB - process.warm;
      if (growth <= growthMiB) return undefined;
      return {
        kind: 'memory',
        expected: `${key} grows by no more than ${growthMiB} MiB over ${process.warm} MiB`,
        got: `${residentMiB} MiB after ${process.seconds} s`,
      };
    },
    report: () =>
      Object.fromEntries(
        [...watched].map(([name, { warm, most, seconds }]) => [name, { warm, most, seconds }]),
      ),
  };
}

/** In MiB; undefined where the process is gone, or the system has no /proc. */
function residentOf(pid: number): number | undefined {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kibibytes === undefined ? undefined : Math.round(Number(kibibytes) / 1024);
  } catch {
    return undefined;
  }
}
