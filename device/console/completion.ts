/** What the Tab key may add to a line begun: the command's name, then what may follow it. */
import type { Command } from './command.ts';
import type { ConsoleContext } from './context.ts';

/** @returns what may stand for the last word, and that word */
export function complete(
  text: string,
  commands: readonly Command[],
  context: ConsoleContext,
): [string[], string] {
  const [name = '', ...args] = text.trimStart().split(/\s+/);
  const names = commands.map(each => each.name);
  if (args.length === 0) return [beginningWith(name, names), name];
  const begun = args.join(' ');
  const last = args.at(-1) ?? '';
  const words = commands.find(each => each.name === name)?.words?.(context) ?? [];
  // What may follow can have spaces itself, and only its last word is completed.
  return [beginningWith(begun, words).map(word => word.slice(begun.length - last.length)), last];
}

function beginningWith(text: string, words: readonly string[]): string[] {
  return words.map(word => `${word} `).filter(word => word.startsWith(text));
}
