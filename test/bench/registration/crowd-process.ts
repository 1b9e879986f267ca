/**
 * A part of the crowd, a process of its own: passengers come at their own times, whether those before them are done or not.
 * What they wait for counts from when they were to come.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { register } from './visit.ts';

export interface CrowdOrder {
  /** How many come, and within how long. */
  readonly count: number;
  readonly seconds: number;
  /** The first passenger to come; the others follow. */
  readonly first: number;
}

export interface CrowdAnswer {
  /** Of each registration, from when it was to begin to its last page; milliseconds. */
  readonly registrationsMs: readonly number[];
  /** Of each request to the site, the first ones' from when they were to be made. */
  readonly requestsMs: readonly number[];
  /** How much later than they were to the passengers came, because of this process: its own fault. */
  readonly lateMs: readonly number[];
  /** From the first passenger's time to the last page. */
  readonly tookS: number;
  /** Seconds of processor time it took this process. */
  readonly cpuS: number;
  /** What went wrong, for each passenger who did not get through. */
  readonly failures: readonly string[];
}

/** As a proxy keeps them open. */
const connections = 64;
const [, , url = '', publicUrl = ''] = process.argv;
const site = new URL(publicUrl);
const proxy = new Pool(url, { connections, pipelining: 1 });

process.on('message', (order: CrowdOrder) => {
  void come(order).then(answer => process.send?.(answer));
});
process.on('disconnect', () => void proxy.close());
process.send?.('ready');

async function come({ count, seconds, first }: CrowdOrder): Promise<CrowdAnswer> {
  const registrationsMs: number[] = [];
  const requestsMs: number[] = [];
  const lateMs: number[] = [];
  const failures: string[] = [];
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const visits = arrivals(count, seconds).map(async (dueMs, i) => {
    await delay(Math.max(0, started + dueMs - performance.now()));
    let waitedMs = performance.now() - started - dueMs;
    lateMs.push(waitedMs);
    try {
      await register(proxy, site, first + i, tookMs => {
        requestsMs.push(waitedMs + tookMs);
        waitedMs = 0;
      });
      registrationsMs.push(performance.now() - started - dueMs);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  });
  await Promise.all(visits);
  const tookS = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { registrationsMs, requestsMs, lateMs, tookS, cpuS: (user + system) / 1e6, failures };
}

/** At times drawn at random, as people come who do not know of each other: milliseconds, ascending. */
function arrivals(count: number, seconds: number): number[] {
  const times = Array.from({ length: count }, () => 1000 * seconds * Math.random());
  return times.sort((a, b) => a - b);
}
