/** Asks a health-code source with a time limit, even one that does not stop when it is aborted, and checks its answers. */
import { z } from 'zod';
import { statuses } from '../../../device/core/check.ts';
import { unlessAborted, withinTime } from '../../../device/kit/time.ts';
import type { Identity } from '../store/vault.ts';
import type { HealthAnswer, HealthSource } from './health-source.ts';

const answerSchema = z.object({
  who: z.object({ name: z.string(), phone: z.string() }),
  status: z.enum(statuses),
  at: z.int().positive(),
  testAgeH: z.number().nonnegative().optional(),
});

/** A source that gives more answers for each person, on average, has not answered. */
const answersEach = 8;

/** @throws where the source is late, was stopped, or gives more answers than it was asked for */
export async function askInTime(
  source: HealthSource,
  people: readonly Identity[],
  timeoutMs: number,
  stop: AbortSignal,
): Promise<readonly HealthAnswer[]> {
  const over = new AbortController();
  const late = () => {
    throw new Error(`no answer in ${timeoutMs} ms`);
  };
  try {
    const asked = unlessAborted(source.ask(people, over.signal), stop);
    const answers = await withinTime(asked, timeoutMs, late);
    if (answers.length > people.length * answersEach) throw new Error(`${answers.length} answers`);
    return answers.filter(answer => answerSchema.safeParse(answer).success);
  } finally {
    over.abort();
  }
}
