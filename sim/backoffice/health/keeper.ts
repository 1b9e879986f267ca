/**
 * Keeps what is known of everybody's health code: asks the source in turn, a few batches at a time, each with a time
 * limit. The last good answer is kept when the source fails, for as long as the policy lets it; then the code is unknown.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../device/errors.ts';
import type { Log } from '../../../device/log.ts';
import type { HealthStore, PersonToAsk, Settled } from '../store/store.ts';
import type { Identity } from '../store/vault.ts';
import { askInTime } from './ask-in-time.ts';
import type { HealthAnswer, HealthSource } from './health-source.ts';
import { type JudgeRules, judgeAnswers } from './judge-answers.ts';

export interface KeeperOptions {
  readonly rules: JudgeRules;
  /** Everybody is asked for this often. */
  readonly askEveryMs: number;
  /** The policy's limit: an older answer is not published. */
  readonly statusMaxAgeMs: number;
  readonly timeoutMs: number;
  /** People asked for at once. */
  readonly batch: number;
  /** Batches under way at once. */
  readonly concurrency: number;
  readonly now?: () => number;
}

export const usualKeeping = {
  askEveryMs: 10 * 60_000,
  timeoutMs: 5_000,
  batch: 200,
  concurrency: 8,
} as const;

export interface HealthKeeper {
  /** Asks for this person at once, if registered. Resolves when the answer is stored. */
  askFor(who: Identity): Promise<void>;
  /** One round: all who are due, and what has become too old. */
  round(): Promise<void>;
  close(): Promise<void>;
}

export interface KeeperParts {
  readonly health: HealthStore;
  readonly source: HealthSource;
  readonly log: Log;
  /** Statuses are others than before: to be published soon. */
  readonly changed: () => void;
}

const expireAtATime = 1000;
/** Nobody due: look again then. */
const idleMs = 1000;
/** Who could not be asked for is asked for again then. */
const retryMs = 30_000;
const heartbeatMs = 10_000;

export function keepHealth(
  { health, source, log, changed }: KeeperParts,
  options: KeeperOptions,
): HealthKeeper {
  const { rules, askEveryMs, statusMaxAgeMs, timeoutMs, batch, concurrency, now = Date.now } = options;
  const stop = new AbortController();
  // Of as many as register at a moment.
  setMaxListeners(0, stop.signal);
  const urgent = new Set<Promise<void>>();
  const failures = createOnce(log);

  /** @returns undefined where the source did not answer */
  async function ask(people: readonly Identity[]): Promise<readonly HealthAnswer[] | undefined> {
    try {
      const answers = await askInTime(source, people, timeoutMs, stop.signal);
      failures.passed();
      return answers;
    } catch (error) {
      if (!stop.signal.aborted) failures.failed(messageOf(error));
      return undefined;
    }
  }

  async function askAndSettle(people: readonly PersonToAsk[]): Promise<void> {
    const answers = await ask(people);
    if (stop.signal.aborted) return;
    const at = now();
    const settled = settle(people, answers ?? [], rules, at);
    if (answers === undefined) await health.settle(settled, at - askEveryMs + Math.min(retryMs, askEveryMs));
    else {
      const [changes] = await Promise.all([health.settle(settled, at), health.sourceAnswered(at)]);
      if (changes > 0) changed();
    }
  }

  /** Whether the source answers at all is asked for too. */
  async function heartbeat(): Promise<void> {
    const silentMs = now() - (await health.sourceAnsweredAt());
    if (silentMs > Math.min(heartbeatMs, askEveryMs)) await askAndSettle([]);
  }

  async function expire(): Promise<void> {
    let expired = expireAtATime;
    while (expired === expireAtATime && !stop.signal.aborted) {
      expired = await health.expire(now() - statusMaxAgeMs, expireAtATime);
      if (expired > 0) changed();
    }
  }

  async function round(): Promise<void> {
    await expire();
    const { people: due, unreadable } = await health.due(now() - askEveryMs, batch * concurrency, now());
    if (unreadable > 0) log.error('persons-unreadable', { persons: unreadable });
    const batches = Array.from({ length: Math.ceil(due.length / batch) }, (_, i) =>
      due.slice(i * batch, (i + 1) * batch),
    );
    await Promise.all(batches.map(askAndSettle));
    if (due.length === 0) await heartbeat();
    if (due.length < batch * concurrency)
      await delay(Math.min(idleMs, askEveryMs), undefined, stop).catch(() => undefined);
  }

  async function keepOn(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        await round();
      } catch (error) {
        log.error('health-keeping-failed', { problem: messageOf(error) });
        await delay(idleMs, undefined, stop).catch(() => undefined);
      }
    }
  }

  function askFor(who: Identity): Promise<void> {
    const asking = health
      .one(who)
      .then(person => (person === undefined ? undefined : askAndSettle([person])));
    const logged = asking.catch(error => log.error('health-keeping-failed', { problem: messageOf(error) }));
    urgent.add(logged);
    return logged.finally(() => urgent.delete(logged));
  }

  const deafen = source.onChange(who => void askFor(who));
  const running = keepOn();
  return {
    askFor,
    round,
    async close() {
      deafen();
      stop.abort();
      await Promise.all([running, ...urgent]);
    },
  };
}

function settle(
  people: readonly PersonToAsk[],
  answers: readonly HealthAnswer[],
  rules: JudgeRules,
  now: number,
): Settled[] {
  const keyOf = ({ phone, name }: Identity) => `${phone} ${name}`;
  const byPerson = new Map<string, HealthAnswer[]>();
  for (const answer of answers) {
    const key = keyOf(answer.who);
    byPerson.set(key, [...(byPerson.get(key) ?? []), answer]);
  }
  return people.map(person => {
    const last = { status: person.status, at: person.answerAt };
    return { id: person.id, answer: judgeAnswers(byPerson.get(keyOf(person)) ?? [], last, rules, now) };
  });
}

/** An outage is told once, and its end. */
function createOnce(log: Log) {
  let isFailing = false;
  return {
    failed(problem: string): void {
      if (!isFailing) log.warn('health-source-fails', { problem });
      isFailing = true;
    },
    passed(): void {
      if (isFailing) log.info('health-source-answers');
      isFailing = false;
    },
  };
}
