/**
 * Tells in time that the feed's signatures are about to expire: what has expired is refused, and only the publisher can sign
 * anew. For root metadata somebody must fetch the root key from where it is kept.
 *
 * The timestamp is not among them: it is good for a day, and data of that age is told as too old long before.
 */
import { isoTime } from '../core/iso-time.ts';
import type { SignatureExpiry } from '../data-ports.ts';
import { DeviceError } from '../kit/errors.ts';
import type { Clock } from '../kit/time.ts';
import type { DeviceEvents } from '../ports.ts';

const dayMs = 86_400_000;

const roles = [
  { role: 'root', tellMs: 60 * dayMs, remedy: 'feed rotate --key root' },
  { role: 'targets', tellMs: dayMs, remedy: 'feed publish' },
  { role: 'snapshot', tellMs: dayMs, remedy: 'feed publish' },
] as const;

export interface ExpiryWatch {
  hear(expiry: SignatureExpiry): void;
  /** To be called again and again: it nears by itself. */
  check(): void;
}

/** @param addPart called when there is something to tell for the first time */
export function watchExpiry(addPart: () => DeviceEvents, clock: Clock): ExpiryWatch {
  let heard: SignatureExpiry | undefined;
  let part: DeviceEvents | undefined;

  function check(): void {
    const now = clock();
    const problems = roles.flatMap(({ role, tellMs, remedy }) => {
      const at = heard?.[role] ?? Number.POSITIVE_INFINITY;
      return at - now <= tellMs ? [`${role}.json expires ${isoTime(at)}: ${remedy} must come before`] : [];
    });
    if (problems.length === 0) {
      part?.ready();
      return;
    }
    part ??= addPart();
    part.fault(new DeviceError('protocol', 'feed', problems.join('; ')));
  }

  return {
    check,
    hear(expiry) {
      heard = expiry;
      check();
    },
  };
}
