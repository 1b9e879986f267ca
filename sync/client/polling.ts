/** When to ask the feed again: jittered, so that a fleet does not ask all at once, and less often while it does not answer. */
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

export interface Pause {
  /** Milliseconds until the next round. @param madeProgress whether anything came in the last one */
  after(succeeded: boolean, madeProgress: boolean): number;
  /** Something has changed that may have made the last rounds fail. */
  beginAnew(): void;
}

const jitter = 0.25;
const firstRetryMs = 1000;
/** The longest pause is so many usual ones. */
const longestBackOff = 8;
/** With the jitter it is a minute at most: after a long outage nobody waits longer for a network that is back. */
const longestRetryMs = 60_000 / (1 + jitter);

/** @param random from 0 to 1 */
export function createPause(pollMs: number, random: () => number): Pause {
  let failures = 0;
  return {
    after(succeeded, madeProgress) {
      failures = succeeded ? 0 : madeProgress ? 1 : failures + 1;
      const backOffMs = Math.min(firstRetryMs * 2 ** (failures - 1), longestBackOff * pollMs, longestRetryMs);
      const pauseMs = failures === 0 ? pollMs : backOffMs;
      return pauseMs * (1 - jitter + 2 * jitter * random());
    },
    beginAnew() {
      failures = 0;
    },
  };
}

type Interfaces = () => Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/**
 * Interfaces count while they are up and have a carrier.
 * @returns whether this machine has an address that it did not have at the last call: a cable, a modem or a wireless network
 */
export function watchForLink(interfaces: Interfaces = networkInterfaces): () => boolean {
  const addresses = () =>
    Object.values(interfaces()).flatMap(list =>
      (list ?? []).filter(one => !one.internal).map(one => one.cidr),
    );
  let known = new Set(addresses());
  return () => {
    const now = addresses();
    const isUp = now.some(address => !known.has(address));
    known = new Set(now);
    return isUp;
  };
}
