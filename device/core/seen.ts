/** Which media this validator has taken lately: a repeat is no second ride, a used code buys no second one. */
import type { Seen } from './check.ts';

/** A code lives 1,200 s at most and may run 20 s ahead: after that it is refused as expired. */
export const codeMemoryMs = 1_220_000;

export interface Presentation {
  /** The medium's pseudonym. */
  readonly token: string;
  /** Digest of the code; undefined for cards. */
  readonly codeDigest: string | undefined;
  /** Unix milliseconds */
  readonly at: number;
}

export interface SeenMedia {
  look(presented: Presentation): Seen;
  /** To be called for each ride taken, in the order of time. */
  remember(presented: Presentation): void;
}

/** @param repeatWindowS seconds, as the policy has them now: the same medium again within them is a repeat */
export function createSeenMedia(repeatWindowS: () => number): SeenMedia {
  const tokens = new Map<string, number>();
  const codes = new Map<string, number>();

  /** Both ways: a clock that was set back must not keep anything for ever. */
  function forget(map: Map<string, number>, now: number, afterMs: number): void {
    for (const [key, at] of map) if (Math.abs(now - at) > afterMs) map.delete(key);
  }

  return {
    look({ token, codeDigest, at }) {
      const takenAt = tokens.get(token);
      if (takenAt !== undefined && Math.abs(at - takenAt) < repeatWindowS() * 1000) return 'repeat';
      return codeDigest !== undefined && codes.has(codeDigest) ? 'used' : 'new';
    },
    remember({ token, codeDigest, at }) {
      forget(tokens, at, repeatWindowS() * 1000);
      forget(codes, at, codeMemoryMs);
      tokens.set(token, at);
      if (codeDigest !== undefined) codes.set(codeDigest, at);
    },
  };
}
