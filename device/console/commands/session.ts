/** `lang`, `page` and `script`: how this session speaks. */
import { z } from 'zod';
import { command, Refusal } from '../command.ts';
import { languages, wordsIn } from '../language.ts';

const elsewhere = new Refusal('unavailable', 'only on the console', '只能在维护串口上使用');

export const lang = command({
  name: 'lang',
  usage: 'zh|en',
  example: 'lang zh',
  help: { en: 'the language of this session: Chinese or English', zh: '本次会话的语言：中文或英文' },
  access: 'anyone',
  schema: z.object({ language: z.enum(languages) }),
  words: () => languages,
  run(_context, [word], { session }) {
    if (session === undefined) return elsewhere;
    const wanted = languages.find(each => each === word?.toLowerCase());
    if (wanted === undefined) return new Refusal('usage', 'lang: zh or en', 'lang：zh 或 en');
    session.language = wanted;
    return { language: wanted };
  },
  tell: (_data, language) => wordsIn(language)('English', '中文'),
});

const rowLimits = { min: 4, max: 500 };
/** Of a terminal that does not tell how large it is. */
const usualRows = 24;

export const page = command({
  name: 'page',
  usage: 'on|off|ROWS',
  example: 'page 10',
  help: {
    en: 'long answers by pages of the terminal, or of so many rows; off at first',
    zh: '长应答分页显示，按终端或指定行数；默认关闭',
  },
  access: 'anyone',
  schema: z.object({ page: z.union([z.int(), z.literal('off')]) }),
  words: () => ['on', 'off'],
  run(_context, [word], { session }) {
    if (session === undefined) return elsewhere;
    const wanted = word === 'off' ? word : word === 'on' ? (session.rows() ?? usualRows) : Number(word);
    if (wanted !== 'off' && !(Number.isInteger(wanted) && wanted >= rowLimits.min && wanted <= rowLimits.max))
      return badPage;
    session.page = wanted;
    return { page: wanted };
  },
  tell({ page }, language) {
    const say = wordsIn(language);
    return page === 'off' ? say('all at once', '不分页') : say(`pages of ${page} rows`, `每页 ${page} 行`);
  },
});

const badPage = new Refusal(
  'usage',
  `page: on, off or ${rowLimits.min} to ${rowLimits.max} rows`,
  `page：on、off 或 ${rowLimits.min} 至 ${rowLimits.max} 行`,
);

export const script = command({
  name: 'script',
  usage: '[off]',
  example: 'script',
  help: {
    en: 'for programs: no echo, no prompt, one JSON line for each command; script off ends it',
    zh: '供程序使用：无回显、无提示符，每条命令一行 JSON；script off 结束',
  },
  access: 'anyone',
  schema: z.object({ mode: z.enum(['script', 'terminal']) }),
  words: () => ['off'],
  run(_context, [word, ...more], { session }) {
    if (session === undefined) return elsewhere;
    if (more.length > 0 || (word !== undefined && word !== 'off' && word !== 'on'))
      return new Refusal('usage', 'script, or script off', 'script 或 script off');
    session.mode = word === 'off' ? 'terminal' : 'script';
    return { mode: session.mode };
  },
  tell: (_data, language) => wordsIn(language)('by hand again', '恢复人工操作'),
});
