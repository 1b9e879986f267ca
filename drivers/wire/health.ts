/** Tells whether a device is ready or at fault, each time that this changes. */
import type { DeviceError, DeviceErrorKind } from '../../device/kit/errors.ts';
import type { DeviceEvents } from '../../device/ports.ts';

export type Health = ReturnType<typeof createHealth>;

/**
 * Tells `ready` and `fault` only when they are news, and nothing after `signal` has aborted. A fault of another kind is news
 * too: a camera that was pulled out may come back and send nothing.
 */
export function createHealth(events: DeviceEvents, signal: AbortSignal) {
  let state: 'unknown' | 'ready' | DeviceErrorKind = 'unknown';
  return {
    working(): void {
      if (state === 'ready' || signal.aborted) return;
      state = 'ready';
      events.ready();
    },
    failed(error: DeviceError): void {
      if (state === error.kind || signal.aborted) return;
      state = error.kind;
      events.fault(error);
    },
  };
}
