/** What a source's answers say of each person. Pure. */
import type { Status } from '../../../device/core/check.ts';
import type { PersonToAsk, Settled } from '../store/store.ts';
import type { Identity } from '../store/vault.ts';
import type { HealthAnswer } from './health-source.ts';

export interface JudgeRules {
  /** A green code with an older test is published as a pop-up. Where it is undefined, the test's age does not matter. */
  readonly testMaxAgeH?: number | undefined;
  /** The source's clock may be ahead of ours by this. */
  readonly clockToleranceMs: number;
}

export const usualRules: JudgeRules = { clockToleranceMs: 60_000 };

/** @param answers in any order, also of people who were not asked for */
export function judgeAll(
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

/** The last good answer. */
export interface LastAnswer {
  readonly status: Status;
  /** 0 for none */
  readonly at: number;
}

/**
 * @param answers all that came for the person this time
 * @returns undefined where no answer is good: there is none, it is from the future, or it is older than the last
 */
export function judgeAnswers(
  answers: readonly Pick<HealthAnswer, 'status' | 'at' | 'testAgeH'>[],
  last: LastAnswer,
  rules: JudgeRules,
  now: number,
): { readonly status: Status; readonly at: number } | undefined {
  const latest = now + rules.clockToleranceMs;
  // A last answer from the future was stored while our clock was wrong: it must not keep out what comes until then.
  const lastAt = last.at <= latest ? last.at : 0;
  const possible = answers.filter(({ at }) => at >= lastAt && at <= latest);
  const at = possible.reduce((newest, answer) => Math.max(newest, answer.at), 0);
  if (possible.length === 0) return undefined;
  const said = new Set(possible.filter(answer => answer.at === at).map(answer => statusOf(answer, rules)));
  // The last answer counts too where it speaks of the same moment.
  if (at === lastAt) said.add(last.status);
  const [status = 'unknown'] = said;
  return { at, status: said.size === 1 ? status : 'unknown' };
}

function statusOf(
  { status, testAgeH }: Pick<HealthAnswer, 'status' | 'testAgeH'>,
  { testMaxAgeH }: JudgeRules,
): Status {
  const isOverdue = testMaxAgeH !== undefined && testAgeH !== undefined && testAgeH > testMaxAgeH;
  return status === 'green' && isOverdue ? 'popup' : status;
}
