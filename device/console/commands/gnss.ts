/** `gnss`: what the receiver says, and where that is. */
import { z } from 'zod';
import type { Position } from '../../core/stop.ts';
import type { Fix } from '../../ports.ts';
import { command, Refusal } from '../command.ts';
import { instant, instantOf, milliseconds, timeText } from '../data.ts';
import { columns, duration } from '../format.ts';
import { type Language, wordsIn } from '../language.ts';
import { atStop, stopLine, stopShape } from './stop.ts';

const fixShape = z.object({
  agoMs: milliseconds,
  /** Null where the receiver does not vouch for its time. */
  time: instant,
  /** WGS 84; null without a fix. */
  position: z.object({ latitudeDeg: z.number(), longitudeDeg: z.number() }).nullable(),
  satellites: z.number().nullable(),
});

export const gnss = command({
  name: 'gnss',
  usage: '',
  example: 'gnss',
  help: {
    en: 'the satellite receiver: fix, time, position, and the stop',
    zh: '卫星接收机：定位、时间、位置和站点',
  },
  access: 'anyone',
  schema: z.object({
    name: z.string(),
    path: z.string(),
    baudRate: z.number().nullable(),
    working: z.boolean(),
    problem: z.string().nullable(),
    fix: fixShape.nullable(),
    stop: stopShape,
  }),
  run(context) {
    const { config, parts, whereabouts } = context;
    if (config.gnss === undefined) return new Refusal('not-configured', 'not configured', '未配置');
    const { name, path, baudRate } = config.gnss;
    const part = parts.list().find(({ kind }) => kind === 'gnss');
    const fix = whereabouts.lastFix();
    return {
      ...{ name, path, baudRate: path.startsWith('/') ? baudRate : null },
      working: part?.working === true,
      problem: part?.problem ?? null,
      fix: fix === undefined ? null : fixOf(fix),
      stop: atStop(context),
    };
  },
  tell({ name, path, baudRate, working, problem, fix, stop }, language) {
    const say = wordsIn(language);
    const baud = baudRate === null ? '' : say(`, ${baudRate} baud`, `，${baudRate} 波特`);
    return columns([
      [say('receiver', '接收机'), say(`${name} at ${path}${baud}`, `${name}：${path}${baud}`)],
      [
        say('state', '状态'),
        working ? say('works', '正常') : say(`FAULT: ${problem ?? ''}`, `故障：${problem ?? ''}`),
      ],
      [say('last heard', '最近收到'), heardText(fix, language)],
      ...(fix === null ? [] : describeFix(fix, language)),
      [say('stop', '站点'), stopLine(stop, language)],
    ]);
  },
});

function fixOf({ receivedAt, time, position, satellites }: Fix): z.infer<typeof fixShape> {
  return {
    agoMs: performance.now() - receivedAt,
    time: instantOf(time),
    position: position ?? null,
    satellites: satellites ?? null,
  };
}

function heardText(fix: z.infer<typeof fixShape> | null, language: Language): string {
  const say = wordsIn(language);
  if (fix === null) return say('not yet', '尚未');
  return say(`${duration(fix.agoMs)} ago`, `${duration(fix.agoMs, 'zh')}前`);
}

function describeFix(
  { time, position, satellites }: z.infer<typeof fixShape>,
  language: Language,
): string[][] {
  const say = wordsIn(language);
  return [
    [say('fix', '定位'), position === null ? say('no fix', '未定位') : say('yes', '已定位')],
    [say('time', '时间'), time === null ? say('not vouched for', '接收机未确认') : timeText(time)],
    [say('position', '位置'), position === null ? say('not known', '未知') : positionText(position)],
    [say('satellites', '卫星数'), satellites === null ? say('not told', '未报告') : String(satellites)],
  ];
}

function positionText({ latitudeDeg, longitudeDeg }: Position): string {
  const [northSouth, eastWest] = [latitudeDeg < 0 ? 'S' : 'N', longitudeDeg < 0 ? 'W' : 'E'];
  const degrees = (deg: number) => Math.abs(deg).toFixed(5);
  return `${degrees(latitudeDeg)} ${northSouth} ${degrees(longitudeDeg)} ${eastWest}`;
}
