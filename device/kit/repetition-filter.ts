/** Which of what comes again and again belongs into the log: news at once, a repetition only from time to time. */
import { type Clock, monotonic } from './time.ts';

export interface RepetitionFilter {
  /** @returns whether to say this now; whoever asks says it then */
  isNews(text: string): boolean;
  /** All is news again. */
  forget(): void;
}

const sayAgainMs = 10 * 60_000;
/** More than one thing has to say by turns. */
const mostTexts = 16;

export function createRepetitionFilter(age: Clock = monotonic): RepetitionFilter {
  const saidAt = new Map<string, number>();
  return {
    isNews(text) {
      const now = age();
      if (now - (saidAt.get(text) ?? Number.NEGATIVE_INFINITY) < sayAgainMs) return false;
      saidAt.delete(text);
      saidAt.set(text, now);
      const [oldest] = saidAt.keys();
      if (saidAt.size > mostTexts && oldest !== undefined) saidAt.delete(oldest);
      return true;
    },
    forget: () => saidAt.clear(),
  };
}
