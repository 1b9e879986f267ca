/**
 * A new firmware judges itself: it is good when everything that worked before works, the feed answers if it did, and a tap
 * would be answered, for a while. What is not good within its time gives itself up, and the firmware before is started again.
 */
import { messageOf } from '../kit/errors.ts';
import type { Trial } from './boot-record.ts';

/** What it is judged by, as it is now. */
export interface Signs {
  /** Whether every part has said that it works, or that it does not. */
  readonly settled: boolean;
  /** Parts that do not work, `kind name`. */
  readonly faults: readonly string[];
  /** Whether the feed has answered since the start. */
  readonly feedAnswered: boolean;
  /** A tap goes through look-up, decision and the journal's disk. @throws Error with what it failed at */
  answerTap(): void;
}

/** So long, in milliseconds, it must have been good without a break. */
export const steadyMs = 10_000;

export type Judgement =
  | { readonly kind: 'wait' }
  | { readonly kind: 'good' }
  | { readonly kind: 'bad'; readonly why: string };

/** @param trial as it was counted at this start. @returns to be asked once a second, with milliseconds since the start */
export function createJudge({
  faultsBefore,
  feedAnswered,
  confirmWithinMs,
}: Pick<Trial, 'faultsBefore' | 'feedAnswered' | 'confirmWithinMs'>): (
  ageMs: number,
  signs: Signs,
) => Judgement {
  const before = new Set(faultsBefore);
  let goodSince: number | undefined;

  /** @returns undefined for nothing */
  function missing({ settled, faults, feedAnswered: answers, answerTap }: Signs): string | undefined {
    const fresh = faults.filter(fault => !before.has(fault));
    if (fresh.length > 0) return `faults that were not there before: ${fresh.join(', ')}`;
    if (!settled) return 'not all parts have started';
    try {
      answerTap();
    } catch (error) {
      return `a tap is not answered: ${messageOf(error)}`;
    }
    return feedAnswered && !answers ? 'the feed has not answered' : undefined;
  }

  return (ageMs, signs) => {
    const why = missing(signs);
    if (why === undefined) goodSince ??= ageMs;
    else goodSince = undefined;
    if (goodSince !== undefined && ageMs - goodSince >= Math.min(steadyMs, confirmWithinMs / 4))
      return { kind: 'good' };
    if (ageMs < confirmWithinMs) return { kind: 'wait' };
    return { kind: 'bad', why: why ?? 'it was not good for long enough' };
  };
}
