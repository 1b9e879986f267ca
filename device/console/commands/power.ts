/** `restart` and `shutdown`: the firmware ends in order; the supervisor starts it again, or does not. */
import { z } from 'zod';
import { type Answer, command, type Dialogue, Refusal } from '../command.ts';
import { milliseconds } from '../data.ts';
import { type Texts, wordsIn } from '../language.ts';

/** The answer reaches a slow serial line first. */
const endsInMs = 500;

const schema = z.object({ endsInMs: milliseconds, comesBack: z.boolean() });
type Ending = z.infer<typeof schema>;

export const restart = command({
  name: 'restart',
  usage: '',
  example: 'restart',
  help: { en: 'ends the firmware in order; it is started again at once', zh: '重启固件' },
  access: 'technician',
  schema,
  run({ maintenance: { supervisor } }): Ending {
    setTimeout(supervisor.startAnew, endsInMs);
    return { endsInMs, comesBack: true };
  },
  tell: (_data, language) => wordsIn(language)('starts anew', '正在重启'),
});

export const shutdown = command({
  name: 'shutdown',
  usage: '[yes]',
  example: 'shutdown',
  help: {
    en: 'ends the firmware until the power is switched off and on; asks first',
    zh: '停止固件，断电再上电才恢复；会先询问',
  },
  access: 'technician',
  schema,
  words: () => ['yes'],
  async run({ maintenance: { supervisor } }, [word], dialogue): Promise<Answer<Ending>> {
    const isSure = word === 'yes' || (await isConfirmed(dialogue, question, 'yes'));
    if (!isSure) return notConfirmed;
    setTimeout(supervisor.stayDown, endsInMs);
    return { endsInMs, comesBack: false };
  },
  tell: (_data, language) =>
    wordsIn(language)('out of service until the next power-on', '停止服务，直到重新上电'),
});

const question: Texts = {
  en: 'no rides until the power is switched off and on. Type yes: ',
  zh: '断电再上电之前不能刷卡。请输入 yes：',
};

const notConfirmed = new Refusal(
  'not-confirmed',
  'nothing was done: it asks first, and `shutdown yes` is not asked',
  '未执行：须先确认；shutdown yes 不再询问',
);

/** @returns whether just this was typed */
export async function isConfirmed({ ask }: Dialogue, question: Texts, wanted: string): Promise<boolean> {
  return (await ask(question))?.trim().toLowerCase() === wanted.toLowerCase();
}
