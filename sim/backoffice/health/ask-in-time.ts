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

/** More answers for a person on average are no answer. */
const answersEach = 8;

/** @throws when it is late, stopped, or answers more than it was asked for */
export async function askInTime(
  source: HealthSource,
  people: readonly Identity[],
  timeoutMs: number,
  stop: AbortSignal,
): Promise<readonly HealthAnswer[]> {
  const ending = new AbortController();
  const end = () => ending.abort(new Error('stopped'));
  const late = () => ending.abort(new Error(`no answer in ${timeoutMs} ms`));
  stop.addEventListener('abort', end, { once: true });
  const timer = setTimeout(late, timeoutMs);
  try {
    if (stop.aborted) end();
    const answers = await Promise.race([source.ask(people, ending.signal), endOf(ending.signal)]);
    if (answers.length > people.length * answersEach) throw new Error(`${answers.length} answers`);
    return answers.filter(answer => answerSchema.safeParse(answer).success);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', end);
  }
}

function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
