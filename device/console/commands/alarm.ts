/** `alarm`: what the codes of faults mean, what to do about them, and how soon. */
import { z } from 'zod';
import { urgencyText } from '../../alarms/alarm.ts';
import { alarmCodes, alarmWith } from '../../alarms/alarms.ts';
import { command, Refusal } from '../command.ts';
import { wordsIn } from '../language.ts';

const texts = z.object({ en: z.string(), zh: z.string() });
const shape = z.object({
  alarms: z.array(
    z.object({
      code: z.string(),
      /** The parts that have it now, by kind and name. */
      parts: z.array(z.string()),
      means: texts,
      remedy: texts,
      urgency: z.enum(['now', 'terminus', 'night', 'week']),
    }),
  ),
});

export const alarm = command({
  name: 'alarm',
  usage: '[CODE]',
  example: 'alarm R12',
  help: {
    en: 'what the code of a fault means, what to do, and how soon; those that there are now unless one is named',
    zh: '报警代码的含义、处理办法和时限；不指定代码时为当前的报警',
  },
  access: 'anyone',
  schema: shape,
  words: () => alarmCodes,
  run({ parts }, [typed]) {
    const code = typed?.toUpperCase();
    if (code !== undefined && alarmWith(code) === undefined) {
      return new Refusal('usage', `alarm: no fault has the code ${code}`, `alarm：没有代码 ${code}`);
    }
    const broken = parts.list();
    const now = new Set(broken.flatMap(part => part.alarm ?? []));
    const asked = alarmCodes.filter(each => (code === undefined ? now.has(each) : each === code));
    const alarms = asked.map(each => {
      const { means, remedy, urgency } = alarmWith(each);
      const having = broken.filter(part => part.alarm === each).map(({ kind, name }) => `${kind} ${name}`);
      return { code: each, parts: having, means, remedy, urgency };
    });
    return { alarms };
  },
  tell({ alarms }, language) {
    const say = wordsIn(language);
    if (alarms.length === 0) return say('no alarm', '没有报警');
    return alarms
      .map(({ code, parts, means, remedy, urgency }) => {
        const where = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
        const [full, soon] = [say('.', '。'), urgencyText[urgency][language]];
        return `${code}${where}: ${means[language]}${full}\n  ${remedy[language]}${full}\n  ${soon}${full}`;
      })
      .join('\n');
  },
});
