/** `help`: what can be typed, and how. */
import { z } from 'zod';
import { type Command, command, Refusal } from '../command.ts';
import { columns } from '../format.ts';
import { type Language, wordsIn } from '../language.ts';

const described = z.object({
  name: z.string(),
  usage: z.string(),
  example: z.string(),
  access: z.enum(['anyone', 'technician']),
  help: z.object({ en: z.string(), zh: z.string() }),
});

/** @param commands all there are, to be asked each time */
export function createHelp(commands: () => readonly Command[]) {
  return command({
    name: 'help',
    usage: '[COMMAND]',
    example: 'help status',
    help: { en: 'this list, or how one command is used', zh: '命令列表，或一个命令的用法' },
    access: 'anyone',
    schema: z.object({ commands: z.array(described), one: z.boolean() }),
    words: () => commands().map(({ name }) => name),
    run(_context, [name]) {
      if (name === undefined) return { commands: commands().map(descriptionOf), one: false };
      const found = commands().find(each => each.name === name.toLowerCase());
      if (found !== undefined) return { commands: [descriptionOf(found)], one: true };
      return new Refusal('usage', 'no such command. Type help.', '没有此命令。请输入 help。');
    },
    tell({ commands, one }, language) {
      if (one) return commands.map(each => manual(each, language)).join('\n');
      return columns(commands.map(({ name, usage, help }) => [`${name} ${usage}`.trim(), help[language]]));
    },
  });
}

function descriptionOf({ name, usage, example, access, help }: Command): z.infer<typeof described> {
  return { name, usage, example, access, help };
}

function manual(
  { name, usage, example, access, help }: z.infer<typeof described>,
  language: Language,
): string {
  const say = wordsIn(language);
  return columns([
    [say('usage', '用法'), `${name} ${usage}`.trim()],
    [say('does', '作用'), help[language]],
    [say('example', '示例'), example],
    [
      say('who', '权限'),
      access === 'anyone' ? say('anyone', '任何人') : say('technicians, after login', '维护人员，须先 login'),
    ],
  ]);
}
