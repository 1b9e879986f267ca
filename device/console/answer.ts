/** From a line that was typed to an answer: which command it is, what came of it. */
import { messageOf } from '../kit/errors.ts';
import { type Command, type Dialogue, Refusal } from './command.ts';
import type { ConsoleContext } from './context.ts';
import { inBeijingTime } from './format.ts';
import type { Language } from './language.ts';

export interface Answered {
  /** Undefined where there is no such command. */
  readonly command: Command | undefined;
  /** As the command's schema says, or why there is none. */
  readonly result: unknown;
}

/** @param text a line that is not blank */
export async function answer(
  text: string,
  commands: readonly Command[],
  context: ConsoleContext,
  dialogue: Dialogue,
  signal: AbortSignal,
): Promise<Answered> {
  const [name = '', ...args] = text.trim().split(/\s+/);
  const command = commands.find(c => c.name === name.toLowerCase());
  if (command === undefined) return { command, result: unknownCommand(name) };
  try {
    return { command, result: await command.run(context, args, dialogue, signal) };
  } catch (error) {
    return { command, result: failed(command, error) };
  }
}

/** For a technician's eyes. */
export function textOf({ command, result }: Answered, language: Language): string {
  if (result instanceof Refusal) return inBeijingTime(result.message[language]);
  return command === undefined ? '' : inBeijingTime(command.tell(result, language));
}

function unknownCommand(name: string): Refusal {
  const typed = name.replace(/[^\x20-\x7e]/g, '?').slice(0, 40);
  return new Refusal(
    'unknown-command',
    `unknown command: ${typed}. Type help.`,
    `没有此命令：${typed}。请输入 help。`,
  );
}

function failed({ name }: Command, error: unknown): Refusal {
  const why = messageOf(error);
  return new Refusal('failed', `${name} failed: ${why}`, `${name} 失败：${why}`);
}
