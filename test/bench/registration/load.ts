/** Passengers come at a rate, whether the ones before are done or not; or as many at once as can be served. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Paths } from './paths.ts';

/** @returns how long each took from when it was to come, in milliseconds: what waits for its turn counts */
export async function atRate({ walk }: Paths, perS: number, seconds: number): Promise<number[]> {
  const count = Math.round(perS * seconds);
  const started = performance.now();
  const visits = Array.from({ length: count }, async (_, i) => {
    const dueMs = (1000 * i) / perS;
    await delay(Math.max(0, started + dueMs - performance.now()));
    await walk();
    return performance.now() - started - dueMs;
  });
  return Promise.all(visits);
}

/** @returns registrations a second with so many passengers always on their way */
export async function saturated({ walk }: Paths, atOnce: number, seconds: number): Promise<number> {
  const started = performance.now();
  const endsAt = started + 1000 * seconds;
  let done = 0;
  const keepWalking = async () => {
    while (performance.now() < endsAt) {
      await walk();
      done++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, keepWalking));
  return (1000 * done) / (performance.now() - started);
}
