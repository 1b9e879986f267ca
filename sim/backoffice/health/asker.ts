/** Asks the health-code source for some people, and stores what it says of them. An outage is told once, and its end too. */
import { messageOf } from '../../../device/kit/errors.ts';
import type { Log } from '../../../device/kit/log.ts';
import type { HealthStore, PersonToAsk } from '../store/store.ts';
import { askInTime } from './ask-in-time.ts';
import type { HealthAnswer, HealthSource } from './health-source.ts';
import { type JudgeRules, judgeAll } from './judge-answers.ts';

export interface AskerParts {
  readonly health: HealthStore;
  readonly source: HealthSource;
  readonly log: Log;
  /** Statuses have changed, and are to be published soon. */
  readonly changed: () => void;
}

export interface AskerOptions {
  readonly rules: JudgeRules;
  /** Everybody is asked for this often. */
  readonly askEveryMs: number;
  readonly timeoutMs: number;
  readonly now: () => number;
}

export interface Asker {
  /** Resolves when the answers are stored. Nobody to ask for tells whether the source answers at all. */
  ask(people: readonly PersonToAsk[]): Promise<void>;
}

/** People the source did not answer for are asked for again after this. */
const retryMs = 30_000;

/** @param stop what is under way when it aborts is stored no more */
export function createAsker(
  { health, source, log, changed }: AskerParts,
  options: AskerOptions,
  stop: AbortSignal,
): Asker {
  const { rules, timeoutMs, now } = options;
  let isFailing = false;

  /** @returns undefined where the source did not answer */
  async function answersOf(people: readonly PersonToAsk[]): Promise<readonly HealthAnswer[] | undefined> {
    try {
      const answers = await askInTime(source, people, timeoutMs, stop);
      if (isFailing) log.info('health-source-answers');
      isFailing = false;
      return answers;
    } catch (error) {
      if (stop.aborted) return undefined;
      if (!isFailing) log.warn('health-source-fails', { problem: messageOf(error) });
      isFailing = true;
      return undefined;
    }
  }

  return {
    async ask(people) {
      const answers = await answersOf(people);
      if (stop.aborted) return;
      const at = now();
      const settled = judgeAll(people, answers ?? [], rules, at);
      if (answers === undefined) {
        const { askEveryMs } = options;
        await health.settle(settled, at - askEveryMs + Math.min(retryMs, askEveryMs));
        return;
      }
      const [changes] = await Promise.all([health.settle(settled, at), health.sourceAnswered(at)]);
      if (changes > 0) changed();
    },
  };
}
