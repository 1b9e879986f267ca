/** `clock`: what time the validator believes it is, and why. */
import { z } from 'zod';
import { command } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import { instant, instantOf, milliseconds, timeText } from '../data.ts';
import { columns, duration } from '../format.ts';
import { type Language, wordsIn } from '../language.ts';

const inShort = z.object({ time: instant, source: z.string().nullable(), problem: z.string().nullable() });

const schema = inShort.extend({
  plausible: z.boolean(),
  sourceForMs: milliseconds,
  systemClock: instant,
  aheadOfSystemMs: milliseconds,
  /** Null where satellites tell no time. */
  gnss: instant,
  /** Of the newest signed data. */
  signedData: instant,
});

export const clock = command({
  name: 'clock',
  usage: '',
  example: 'clock',
  help: { en: 'what time it is believed to be, and why', zh: '采信的时间及依据' },
  access: 'anyone',
  schema,
  run(context) {
    const { plausible, gnss, since, floorMs, offsetMs } = context.time.state();
    const monotonic = performance.now();
    return {
      ...clockInShort(context),
      plausible,
      sourceForMs: monotonic - since,
      systemClock: instantOf(Date.now()),
      aheadOfSystemMs: monotonic + offsetMs - Date.now(),
      gnss: gnss === undefined ? null : instantOf(monotonic + gnss.offsetMs),
      signedData: instantOf(floorMs),
    };
  },
  tell(data, language) {
    const say = wordsIn(language);
    const { time, source, problem, plausible, sourceForMs, systemClock, aheadOfSystemMs } = data;
    const none = say('none', '无');
    return columns([
      [say('time', '时间'), `${timeText(time)}${plausible ? '' : say(', NOT BELIEVED', '，不可信')}`],
      [
        say('source', '来源'),
        say(
          `${source ?? none} for ${duration(sourceForMs)}`,
          `${source ?? none}，已 ${duration(sourceForMs, 'zh')}`,
        ),
      ],
      [say('problem', '问题'), problem ?? none],
      [say('system clock', '系统时钟'), timeText(systemClock)],
      [say('ahead of it', '比系统时钟快'), `${(aheadOfSystemMs / 1000).toFixed(1)} ${say('s', '秒')}`],
      [say('gnss', '卫星'), data.gnss === null ? say('no time', '没有时间') : timeText(data.gnss)],
      [say('signed data', '已签名数据'), data.signedData === null ? none : timeText(data.signedData)],
    ]);
  },
});

export const clockShape = inShort;

/** For `status`. */
export function clockInShort({ time }: Pick<ConsoleContext, 'time'>): z.infer<typeof inShort> {
  const { source, problem } = time.state();
  return { time: instantOf(time.now()), source: source ?? null, problem: problem ?? null };
}

/** A line of `status`. */
export function clockLine({ time, source, problem }: z.infer<typeof inShort>, language: Language): string {
  const say = wordsIn(language);
  const by = source ?? say('undefined', '无');
  return `${timeText(time)} (${problem ?? say(`by ${by}`, `来源 ${by}`)})`;
}
