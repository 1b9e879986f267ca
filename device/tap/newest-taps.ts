/**
 * The last taps, for somebody who stands before the validator and says that it was wrong. In memory only: the last two digits of a
 * medium are in no row, no log line and no archive, and a restart forgets them.
 */
import type { Presented } from './tap-report.ts';

export interface NewestTap {
  /** Unix milliseconds */
  readonly at: number;
  readonly reader: string;
  readonly medium: string;
  /** Undefined for what this bus does not take. */
  readonly lastDigits: string | undefined;
  readonly verdict: string;
  readonly reason: string | undefined;
  readonly step: string | undefined;
  readonly fareTaken: boolean;
  readonly fareFen: number;
  /** Undefined where it is not in the journal: no ride was taken. */
  readonly seq: number | undefined;
}

const kept = 10;

export interface NewestTaps {
  note(presented: Presented): void;
  /** Newest first. */
  list(): readonly NewestTap[];
}

export function createNewestTaps(): NewestTaps {
  const taps: NewestTap[] = [];
  return {
    note(presented) {
      const tap = tapOf(presented);
      if (tap === undefined) return;
      taps.unshift(tap);
      taps.length = Math.min(taps.length, kept);
    },
    list: () => taps,
  };
}

/** A crew card is no passenger's. */
function tapOf(presented: Presented): NewestTap | undefined {
  if ('confirming' in presented) return undefined;
  const { reader, at } = presented;
  if ('lost' in presented) {
    const nothing = { lastDigits: undefined, reason: undefined, step: undefined, seq: undefined };
    return { at, reader, medium: 'card', ...nothing, verdict: 'present-again', fareTaken: false, fareFen: 0 };
  }
  const { kind, lastDigits, seq, decision } = presented;
  const { verdict, ride, fareTaken, fareFen } = decision;
  const reason = 'reason' in verdict ? verdict.reason : 'status' in verdict ? verdict.status : undefined;
  const what = { medium: kind, lastDigits, verdict: verdict.verdict, reason, step: ride?.step, seq };
  return { at, reader, ...what, fareTaken: fareTaken && seq !== undefined, fareFen };
}
