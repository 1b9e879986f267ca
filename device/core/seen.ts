/** Which media this validator has taken lately: a repeat is no second ride, a used code buys no second one. */
import type { Seen } from './check.ts';

/** A code lives 1,200 s at most and may run 20 s ahead: after that it is refused as expired. */
export const codeMemoryMs = 1_220_000;

export interface Presentation {
  /** The medium's pseudonym. */
  readonly token: string;
  /** What it was known by under other keys: a change of key in between makes no second ride. */
  readonly otherTokens?: readonly string[];
  /** Digest of the code; undefined for cards. */
  readonly codeDigest: string | undefined;
  /** Unix milliseconds */
  readonly at: number;
  /** On the monotonic clock; left out for what was read back from the journal. */
  readonly monotonicMs?: number;
}

type Instant = Pick<Presentation, 'at' | 'monotonicMs'>;

export interface SeenMedia {
  recall(presented: Presentation): Seen;
  /** Call it for each ride taken, in the order of time. */
  remember(presented: Presentation): void;
}

/** @param repeatWindowS seconds, as the policy has them now: the same medium again within them is a repeat */
export function createSeenMedia(repeatWindowS: () => number): SeenMedia {
  const tokens = createMemory(() => repeatWindowS() * 1000);
  const codes = createMemory(() => codeMemoryMs);
  return {
    recall({ token, otherTokens = [], codeDigest, ...now }) {
      if ([token, ...otherTokens].some(known => tokens.has(known, now))) return 'repeat';
      return codeDigest !== undefined && codes.has(codeDigest, now) ? 'used' : 'new';
    },
    remember({ token, codeDigest, at, monotonicMs }) {
      const now = { at, ...(monotonicMs !== undefined && { monotonicMs }) };
      tokens.add(token, now);
      if (codeDigest !== undefined) codes.add(codeDigest, now);
    },
  };
}

/** Below this nothing is swept out. */
const leastSwept = 64;

/**
 * Keys and when they were added. They are past by both clocks: one that is set in between opens no window early. In both
 * directions: after the clock was set back, nothing may be kept for ever.
 */
function createMemory(lengthMs: () => number) {
  const times = new Map<string, Instant>();
  /** Sweeping at each key would take as long as all there is: it waits until there is twice as much as was left. */
  let sweepAt = leastSwept;
  const isPast = (then: Instant, now: Instant) => {
    const elapsedMs = (now.monotonicMs ?? Number.NaN) - (then.monotonicMs ?? Number.NaN);
    return Math.abs(now.at - then.at) >= lengthMs() && !(elapsedMs < lengthMs());
  };
  return {
    has(key: string, now: Instant): boolean {
      const then = times.get(key);
      return then !== undefined && !isPast(then, now);
    },
    add(key: string, now: Instant): void {
      times.set(key, now);
      if (times.size < sweepAt) return;
      for (const [other, then] of times) if (isPast(then, now)) times.delete(other);
      sweepAt = Math.max(leastSwept, 2 * times.size);
    },
  };
}
