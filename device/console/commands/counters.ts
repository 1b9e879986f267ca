/** `counters`: what this validator has done since it was first started, and how warm it is. */
import { z } from 'zod';
import { counterSchema } from '../../counters/counters.ts';
import { readTemperatures } from '../../counters/temperature.ts';
import { command } from '../command.ts';
import { instant, instantOf, milliseconds, timeText } from '../data.ts';
import { columns, duration } from '../format.ts';
import { wordsIn } from '../language.ts';

export const counters = command({
  name: 'counters',
  usage: '',
  example: 'counters',
  help: {
    en: 'taps by verdict, starts, hours, bytes written, temperature',
    zh: '各结果次数、启动次数、运行时间、写入量、温度',
  },
  access: 'anyone',
  schema: counterSchema.omit({ upFor: true }).extend({
    since: instant,
    upForMs: milliseconds,
    /** Empty where the machine has no sensor. */
    temperatures: z.array(z.object({ zone: z.string(), celsius: z.number() })),
  }),
  async run({ maintenance }) {
    const { since, upFor, ...counted } = maintenance.counters.now();
    const times = { since: instantOf(since), upForMs: upFor * 1000 };
    return { ...counted, ...times, temperatures: await readTemperatures() };
  },
  tell({ since, starts, upForMs, writtenBytes, taps, temperatures }, language) {
    const say = wordsIn(language);
    const all = Object.values(taps).reduce((sum, each) => sum + each, 0);
    return columns([
      [say('since', '起始'), timeText(since)],
      [say('starts', '启动次数'), String(starts)],
      [say('up for', '运行时间'), duration(upForMs, language)],
      [say('written', '写入量'), `${(writtenBytes / 1024 / 1024).toFixed(1)} MiB`],
      [say('taps', '刷卡次数'), String(all)],
      ...Object.entries(taps)
        .sort(([, a], [, b]) => b - a)
        .map(([verdict, times]) => [`  ${verdict}`, String(times)]),
      ...temperatures.map(({ zone, celsius }) => [zone, `${celsius.toFixed(1)} °C`]),
      ...(temperatures.length === 0 ? [[say('temperature', '温度'), say('no sensor', '没有传感器')]] : []),
    ]);
  },
});
