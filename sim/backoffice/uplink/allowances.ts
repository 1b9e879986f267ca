/** How many messages of each validator are looked at: a bucket of tokens for each, so that who floods costs no more than who does not. */
import { forgetOldest } from '../../../device/kit/forget-oldest.ts';
import type { Clock } from '../../../device/kit/time.ts';

/** One that has a week of rows to bring, and is answered within 20 ms, says no more than this. */
const perS = 50;
/** What waited while nobody was there comes at once. */
const atOnce = 200;
const mostDevices = 100_000;

/** @returns whether a message of this validator is looked at */
export function createAllowances(clock: Clock): (device: string) => boolean {
  const buckets = new Map<string, { left: number; at: number }>();
  return device => {
    const now = clock();
    const bucket = buckets.get(device) ?? { left: atOnce, at: now };
    bucket.left = Math.min(atOnce, bucket.left + ((now - bucket.at) / 1000) * perS);
    bucket.at = now;
    if (!buckets.has(device)) {
      buckets.set(device, bucket);
      forgetOldest(buckets, mostDevices);
    }
    if (bucket.left < 1) return false;
    bucket.left--;
    return true;
  };
}
