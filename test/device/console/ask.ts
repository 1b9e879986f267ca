/** Has one command run without a session, and gives its text. */
import { answer, textOf } from '../../../device/console/answer.ts';
import type { Command, Dialogue } from '../../../device/console/command.ts';
import type { ConsoleContext } from '../../../device/console/context.ts';
import type { Language } from '../../../device/console/language.ts';

/** Hears and answers nothing, as a script. */
export const nobody: Dialogue = { say() {}, ask: async () => undefined };

/** @param given the command itself; its arguments follow */
export async function ask(
  given: Command,
  context: ConsoleContext,
  words: readonly string[] = [],
  language: Language = 'en',
): Promise<string> {
  const line = [given.name, ...words].join(' ');
  return textOf(await answer(line, [given], context, nobody, new AbortController().signal), language);
}
