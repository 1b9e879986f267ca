/** Limits on how fast a body arrives: at least 1 KiB per time limit, at most a cap. */
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { DeviceError } from '../../device/kit/errors.ts';

const trickleBytes = 1024;

/** Breaks off a body that arrives too slowly: a server that sends a byte now and then would hold up a sync for ever. */
export function watchForStall(body: Readable, timeoutMs: number) {
  let sinceLook = 0;
  let isHeld = false;
  let reason: DeviceError | undefined;
  const timer = setInterval(() => {
    if (!isHeld && sinceLook < trickleBytes) {
      reason = new DeviceError('timeout', 'feed', `only ${sinceLook} bytes came in ${timeoutMs} ms`);
      body.destroy(reason);
    }
    // While reading is paused nothing can arrive: this interval is not all the server's.
    sinceLook = isHeld ? trickleBytes : 0;
  }, timeoutMs);
  return {
    /** Reading is paused while the part that has come is dealt with. */
    hold(held: boolean) {
      isHeld = held;
    },
    came(bytes: number) {
      sinceLook += bytes;
    },
    reason: () => reason,
    end: () => clearInterval(timer),
  };
}

/** What a rate is measured and kept with. */
export interface Pacing {
  /** Milliseconds. */
  now(): number;
  delay(ms: number): Promise<unknown>;
}

const realTime: Pacing = { now: () => performance.now(), delay };

/** @returns waits so long after each part that no more than so many bytes come in a second */
export function createRateLimit(
  bytesPerS: number | undefined,
  { now, delay } = realTime,
): (bytes: number) => Promise<void> {
  let freeAt = 0;
  return async bytes => {
    if (bytesPerS === undefined) return;
    const cameAt = now();
    freeAt = Math.max(cameAt, freeAt) + (1000 * bytes) / bytesPerS;
    await delay(freeAt - cameAt);
  };
}
