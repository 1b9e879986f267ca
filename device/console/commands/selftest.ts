/** `selftest`: every part asked for proof that it works, and the record of it. */
import { selftestSchema, type stepResults } from '../../maintenance/selftest.ts';
import { command, Refusal } from '../command.ts';
import { timeText } from '../data.ts';
import { columns, duration } from '../format.ts';
import { type Texts, wordsIn } from '../language.ts';

/** Of a step that takes longer a technician is told, who would otherwise take it for stuck. */
const shortMs = 60_000;

export const selftest = command({
  name: 'selftest',
  usage: '[last]',
  example: 'selftest',
  help: {
    en: 'asks every part for proof that it works; last: the newest record, such as of last night',
    zh: '逐项自检；last：最近一次（如昨夜）的结果',
  },
  access: 'technician',
  schema: selftestSchema,
  words: () => ['last'],
  async run({ maintenance }, [word], { say }, signal) {
    const { selftest } = maintenance;
    if (word === 'last')
      return selftest.last() ?? new Refusal('unavailable', 'there is no record yet', '尚无自检记录');
    if (word !== undefined)
      return new Refusal('usage', 'selftest, or selftest last', 'selftest 或 selftest last');
    try {
      return await selftest.run('technician', signal, ({ name, limitMs }) => {
        if (limitMs > shortMs)
          say(`${name}: may take minutes; Ctrl-C ends the test`, `${name}：可能需要几分钟；Ctrl-C 结束自检`);
      });
    } catch (error) {
      if (signal.aborted) return new Refusal('aborted', 'not ended: there is no record', '已中止：没有记录');
      throw error;
    }
  },
  tell({ at, by, passed, tookMs, steps }, language) {
    const say = wordsIn(language);
    const who = by === 'night' ? say('at night', '夜间') : say('by a technician', '维护人员');
    const verdict = passed ? say('PASSED', '通过') : say('FAILED', '未通过');
    const failed = steps.filter(({ result }) => result === 'fail').length;
    const table = columns(steps.map(step => [resultTexts[step.result][language], step.name, step.detail]));
    const many =
      failed === 0
        ? ''
        : say(`, ${failed} of ${steps.length} failed`, `，${steps.length} 项中 ${failed} 项未通过`);
    return `${table}\n${verdict}${many}: ${timeText(at)}, ${who}, ${duration(tookMs, language)}`;
  },
});

const resultTexts: Readonly<Record<(typeof stepResults)[number], Texts>> = {
  pass: { en: 'ok', zh: '通过' },
  fail: { en: 'FAILED', zh: '未通过' },
  'not-there': { en: '-', zh: '-' },
};
