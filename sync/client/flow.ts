/** How fast a body may come: no slower than a trickle, no faster than a cap. */
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { DeviceError } from '../../device/errors.ts';

const trickleBytes = 1024;

/** Breaks off a body of which too little comes: a server that sends a byte now and then would hold a sync for ever. */
export function watchTrickle(body: Readable, timeoutMs: number) {
  let sinceLook = 0;
  let isHeld = false;
  let reason: DeviceError | undefined;
  const timer = setInterval(() => {
    if (!isHeld && sinceLook < trickleBytes) {
      reason = new DeviceError('timeout', 'feed', `only ${sinceLook} bytes came in ${timeoutMs} ms`);
      body.destroy(reason);
    }
    // While it is held nothing can come: also the time until the next look is not all the server's.
    sinceLook = isHeld ? trickleBytes : 0;
  }, timeoutMs);
  return {
    /** While what has come is dealt with, no more is asked for. */
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

/** @returns waits so long after each part that no more than so many bytes come in a second */
export function createPace(bytesPerS: number | undefined): (bytes: number) => Promise<void> {
  let freeAt = 0;
  return async bytes => {
    if (bytesPerS === undefined) return;
    const now = performance.now();
    freeAt = Math.max(now, freeAt) + (1000 * bytes) / bytesPerS;
    await delay(freeAt - now);
  };
}
