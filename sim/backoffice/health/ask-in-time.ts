/** Asks a health-code source with a limit, also one that does not heed being aborted, and checks what it says. */
import { z } from 'zod';
import { statuses } from '../../../device/core/check.ts';
import type { Identity } from '../store/vault.ts';
import type { HealthAnswer, HealthSource } from './health-source.ts';

const answerSchema = z.object({
  who: z.object({ name: z.string(), phone: z.string() }),
  status: z.enum(statuses),
  at: z.int().positive(),
  testAgeH: z.number().nonnegative().optional(),
});

/** Answers for a person at most; of more, all count as none. */
const answersEach = 8;

/** @throws when it is late, aborted, or answers more than it was asked for */
export async function askInTime(
  source: HealthSource,
  people: readonly Identity[],
  timeoutMs: number,
  stop: AbortSignal,
): Promise<readonly HealthAnswer[]> {
  const late = new AbortController();
  const signal = AbortSignal.any([late.signal, stop]);
  const timer = setTimeout(() => late.abort(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
  try {
    const answers = await Promise.race([source.ask(people, signal), aborted(signal)]);
    if (answers.length > people.length * answersEach) throw new Error(`${answers.length} answers`);
    return answers.filter(answer => answerSchema.safeParse(answer).success);
  } finally {
    clearTimeout(timer);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
