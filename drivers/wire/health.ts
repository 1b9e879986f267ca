/** Tells whether a device is ready or at fault, each time that this changes. */
import type { DeviceError } from '../../device/kit/errors.ts';
import type { DeviceEvents } from '../../device/ports.ts';

export type Health = ReturnType<typeof createHealth>;

/**
 * Tells `ready` and `fault` only when they are news, and nothing after `signal` has aborted. A fault of another kind is news
 * too: a camera that was pulled out may come back and send nothing. So are other words for it: a port that was not there is busy
 * now, and whoever looks at it should read that.
 */
export function createHealth(events: DeviceEvents, signal: AbortSignal) {
  let state: 'unknown' | 'ready' | Pick<DeviceError, 'kind' | 'message'> = 'unknown';
  const isKnown = ({ kind, message }: DeviceError) =>
    typeof state === 'object' && state.kind === kind && state.message === message;
  return {
    working(): void {
      if (state === 'ready' || signal.aborted) return;
      state = 'ready';
      events.ready();
    },
    failed(error: DeviceError): void {
      if (isKnown(error) || signal.aborted) return;
      state = error;
      events.fault(error);
    },
  };
}
