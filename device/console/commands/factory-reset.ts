/** `factory-reset`: back to what was installed. Asks twice; a ride that the back office does not have yet is never deleted. */
import { z } from 'zod';
import { command, Refusal } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import { count } from '../data.ts';
import { type Texts, wordsIn } from '../language.ts';
import { isConfirmed } from './power.ts';

const endsInMs = 500;

export const factoryReset = command({
  name: 'factory-reset',
  usage: '',
  example: 'factory-reset',
  help: {
    en: 'deletes cache, counters, records and files, and starts anew; settings, keys and rides stay. Asks twice',
    zh: '删除数据缓存、计数、记录和文件并重启；设置、密钥和乘车记录保留。询问两次',
  },
  access: 'technician',
  schema: z.object({
    /** Paths, deleted by the start that follows. */
    deleted: z.array(z.string()),
    kept: z.array(z.string()),
    /** Rides in the journal that the back office has not acknowledged; null where it is not known. */
    ridesKept: count.nullable(),
  }),
  async run(context, _args, dialogue) {
    const { config, maintenance } = context;
    const { factoryReset, supervisor } = maintenance;
    const ridesKept = unacknowledged(context);
    if (!(await isConfirmed(dialogue, firstQuestion(ridesKept), 'yes'))) return notConfirmed;
    if (!(await isConfirmed(dialogue, secondQuestion(config.device), config.device))) return notConfirmed;
    await factoryReset.mark();
    setTimeout(supervisor.startAnew, endsInMs);
    return { deleted: [...factoryReset.deleted], kept: [...factoryReset.kept], ridesKept };
  },
  tell({ deleted, kept, ridesKept }, language) {
    const say = wordsIn(language);
    const rides = ridesKept === null ? say('not known how many', '数量未知') : String(ridesKept);
    return [
      say('starts anew and deletes', '正在重启并删除'),
      ...deleted.map(path => `  ${path}`),
      say('kept', '保留'),
      ...kept.map(path => `  ${path}`),
      say(
        `rides that the back office does not have yet: ${rides}, kept`,
        `后台尚未收到的乘车记录：${rides}，保留`,
      ),
    ].join('\n');
  },
});

const notConfirmed = new Refusal(
  'not-confirmed',
  'nothing was done: it asks twice, and no script can answer',
  '未执行：须回答两次，脚本不能代答',
);

function unacknowledged({ uplink, journal }: ConsoleContext): number | null {
  const count = journal.current()?.count();
  if (count === undefined) return null;
  if (uplink === undefined) return count.rows;
  const { progress } = uplink.state();
  return progress === undefined ? null : Math.max(0, count.lastSeq - progress.acknowledged);
}

function firstQuestion(rides: number | null): Texts {
  const many = rides ?? '?';
  return {
    en: `health codes cannot be checked until the feed has come again; ${many} rides not yet sent are kept. Type yes: `,
    zh: `数据源重新送达之前不能核验健康码；${many} 条未上传的乘车记录保留。请输入 yes：`,
  };
}

function secondQuestion(device: string): Texts {
  return { en: `type the validator's name, ${device}: `, zh: `请输入本机名称 ${device}：` };
}
