/**
 * How long an answer is waited for, as TCP's retransmission timer has it (RFC 6298): by how long answers have taken, and twice as long after
 * each silence. Whoever is slow is then asked less, not more. Each answer names what it answers, so that late ones count too.
 */
export interface AnswerTimer {
  /** As long as answers take, with room; twice as much after each silence. */
  readonly waitMs: number;
  /** @param took milliseconds */
  answered(took: number): void;
  silent(): void;
  /** Whoever is asked is there: what was silent before says nothing any more. */
  forgetSilences(): void;
}

/** RFC 6298, section 2. */
const smoothing = { time: 1 / 8, variation: 1 / 4, room: 4 };

/** @param leastMs is waited while nothing is known */
export function createAnswerTimer(leastMs: number, mostMs: number): AnswerTimer {
  let known: { readonly timeMs: number; readonly variationMs: number } | undefined;
  let silences = 0;

  function usualMs(): number {
    return known === undefined ? leastMs : known.timeMs + smoothing.room * known.variationMs;
  }

  return {
    get waitMs() {
      return Math.min(Math.max(leastMs, usualMs()) * 2 ** silences, mostMs);
    },
    answered(took) {
      silences = 0;
      const tookMs = Math.min(took, mostMs);
      if (known === undefined) {
        known = { timeMs: tookMs, variationMs: tookMs / 2 };
        return;
      }
      const { timeMs, variationMs } = known;
      known = {
        variationMs: mixed(variationMs, Math.abs(timeMs - tookMs), smoothing.variation),
        timeMs: mixed(timeMs, tookMs, smoothing.time),
      };
    },
    silent() {
      silences++;
    },
    forgetSilences() {
      silences = 0;
    },
  };
}

function mixed(before: number, now: number, part: number): number {
  return before + part * (now - before);
}
