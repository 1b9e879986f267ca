/** What is made of a source's answers for one person. Pure. */
import type { Status } from '../../../device/core/check.ts';
import type { HealthAnswer } from './health-source.ts';

export interface JudgeRules {
  /** A green code with an older test is published as a pop-up; undefined: the test's age is no matter. */
  readonly testMaxAgeH?: number | undefined;
  /** The source's clock may be ahead of ours by this. */
  readonly clockToleranceMs: number;
}

export const usualRules: JudgeRules = { clockToleranceMs: 60_000 };

/** The last good answer. */
export interface LastAnswer {
  readonly status: Status;
  /** 0 for none */
  readonly at: number;
}

/**
 * @param answers all that came for the person this time
 * @returns undefined where there is no good one: none at all, one of the future, or none as new as the last
 */
export function judgeAnswers(
  answers: readonly Pick<HealthAnswer, 'status' | 'at' | 'testAgeH'>[],
  last: LastAnswer,
  rules: JudgeRules,
  now: number,
): { readonly status: Status; readonly at: number } | undefined {
  const possible = answers.filter(({ at }) => at >= last.at && at <= now + rules.clockToleranceMs);
  const at = possible.reduce((newest, answer) => Math.max(newest, answer.at), 0);
  if (possible.length === 0) return undefined;
  const said = new Set(possible.filter(answer => answer.at === at).map(answer => statusOf(answer, rules)));
  // Also two answers at different times that speak of one moment.
  if (at === last.at) said.add(last.status);
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
