/** From a line that was typed to an answer: which command it is, what came of it. */
import { messageOf } from '../kit/errors.ts';
import { type Command, type Dialogue, Refusal } from './command.ts';
import type { ConsoleContext } from './context.ts';
import { inBeijingTime } from './format.ts';
import type { Language } from './language.ts';
import { maxLineLength } from './terminal/keys.ts';

export interface Answered {
  /** Undefined where there is no such command. */
  readonly command: Command | undefined;
  readonly args: readonly string[];
  /** As the command's schema says, or why there is none. */
  readonly result: unknown;
}

/**
 * @param text a line that is not blank
 * @param mayRun says why a command may not be run; undefined where it may
 */
export async function answer(
  text: string,
  commands: readonly Command[],
  context: ConsoleContext,
  dialogue: Dialogue,
  signal: AbortSignal,
  mayRun: (command: Command) => Refusal | undefined = () => undefined,
): Promise<Answered> {
  const [name = '', ...args] = text.trim().split(/\s+/);
  const command = commands.find(c => c.name === name.toLowerCase());
  if (command === undefined) return { command, args, result: unknownCommand(name) };
  const refused = text.length >= maxLineLength ? tooLong : mayRun(command);
  if (refused !== undefined) return { command, args, result: refused };
  try {
    return { command, args, result: await command.run(context, args, dialogue, signal) };
  } catch (error) {
    return { command, args, result: failed(command, error) };
  }
}

/** What is beyond the limit never came: half a command is none. */
const tooLong = new Refusal(
  'usage',
  `the line is too long: at most ${maxLineLength - 1} characters`,
  `输入太长：最多 ${maxLineLength - 1} 个字符`,
);

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
