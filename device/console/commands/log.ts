/** `log`: the newest lines, and how much is logged. */
import { z } from 'zod';
import { type LogLevel, logLevels } from '../../kit/log.ts';
import { command, Refusal } from '../command.ts';
import { timeText } from '../data.ts';
import { wordsIn } from '../language.ts';

const usualLines = 20;
const mostLines = 200;
const ownFields = ['level', 'time', 'device', 'event'];

const level = z.enum(logLevels);

export const log = command({
  name: 'log',
  usage: '[LINES] [LEVEL] | level [LEVEL]',
  example: 'log 50 warn',
  help: {
    en: `the newest lines, ${usualLines} unless told, from a level on; level: how much is logged until the next start`,
    zh: `最近的日志，默认 ${usualLines} 行，可指定级别；level：设定日志级别，到下次启动为止`,
  },
  access: 'technician',
  schema: z.object({
    /** From which level on is logged. */
    level,
    /** Oldest first, each as it was logged: JSON, but for one that was cut. */
    lines: z.array(z.string()),
  }),
  words: () => ['level', ...logLevels.map(each => `level ${each}`), ...logLevels],
  run({ maintenance: { book } }, words) {
    const [first, second] = words;
    if (first === 'level') {
      if (second !== undefined && levelOf(second) === undefined) return wrongUsage;
      book.setLevel(levelOf(second) ?? book.level());
      return { level: book.level(), lines: [] };
    }
    const count = words.map(Number).find(Number.isInteger) ?? usualLines;
    const from = words.map(levelOf).find(each => each !== undefined);
    const isUnderstood = words.every(word => levelOf(word) !== undefined || Number.isInteger(Number(word)));
    if (!isUnderstood || count < 1 || count > mostLines) return wrongUsage;
    return { level: book.level(), lines: [...book.newest(count, from)] };
  },
  tell({ level, lines }, language) {
    const say = wordsIn(language);
    if (lines.length === 0) return say(`logged from ${level} on`, `日志级别 ${level}`);
    return lines.map(lineText).join('\n');
  },
});

const wrongUsage = new Refusal(
  'usage',
  `log [LINES] [${logLevels.join('|')}], LINES up to ${mostLines}; log level [${logLevels.join('|')}]`,
  `log [行数] [${logLevels.join('|')}]，最多 ${mostLines} 行；log level [${logLevels.join('|')}]`,
);

function levelOf(word: string | undefined): LogLevel | undefined {
  return logLevels.find(each => each === word);
}

const lineShape = z.looseObject({ level: z.string(), time: z.string(), event: z.string() });

/** A line that was cut is no JSON, and is shown as it is. */
function lineText(line: string): string {
  const read = parsed(line);
  if (read === undefined) return line;
  const { time, level, event } = read;
  const fields = Object.entries(read).filter(([name]) => !ownFields.includes(name));
  const texts = fields.map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [timeText(time).slice(0, 19), level, event, ...texts].join(' ');
}

function parsed(line: string): z.infer<typeof lineShape> | undefined {
  try {
    return lineShape.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
