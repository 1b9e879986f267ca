/** `scanner`: what the scanner modules have printed last, by what it looks like; nobody's code is shown. */
import { z } from 'zod';
import type { LastPrinted } from '../../ports.ts';
import { command, Refusal } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import { count, milliseconds } from '../data.ts';
import { columns, duration } from '../format.ts';
import { type Language, type Texts, wordsIn } from '../language.ts';
import { stateOf } from './reader.ts';

const kinds = ['code', 'foreign', 'damaged', 'talk'] as const;

const lastShape = z.object({
  agoMs: milliseconds,
  is: z.enum(kinds),
  bytes: count,
  /** Letters as a, digits as 9. */
  shape: z.string(),
  advice: z.string(),
});

const scannerShape = z.object({
  name: z.string(),
  working: z.boolean(),
  problem: z.string().nullable(),
  printed: count,
  last: lastShape.nullable(),
});

export const scanner = command({
  name: 'scanner',
  usage: '',
  example: 'scanner',
  help: {
    en: 'what each scanner printed last, masked, and what it looks like',
    zh: '扫码器最后的输出（已遮盖）及其样式',
  },
  access: 'anyone',
  schema: z.object({ scanners: z.array(scannerShape) }),
  run(context) {
    const scanners = scannersOf(context);
    return scanners.length === 0 ? new Refusal('not-configured', 'no scanners', '没有扫码器') : { scanners };
  },
  tell: ({ scanners }, language) => scanners.map(each => describe(each, language)).join('\n'),
});

function scannersOf({ maintenance, parts, monotonic }: ConsoleContext): z.infer<typeof scannerShape>[] {
  return maintenance.devices.codeReaders.flatMap(({ name, sight }) => {
    const seen = sight();
    if (seen.kind !== 'scanner') return [];
    const { printed, last } = seen;
    return [{ name, ...stateOf(parts, 'code-reader', name), printed, last: lastOf(last, monotonic()) }];
  });
}

function lastOf(printed: LastPrinted | undefined, now: number): z.infer<typeof lastShape> | null {
  if (printed === undefined) return null;
  const { at, is, bytes, shape, advice } = printed;
  return { agoMs: now - at, is, bytes, shape, advice };
}

const looks: Readonly<Record<(typeof kinds)[number], Texts>> = {
  code: { en: 'a ride code', zh: '乘车码' },
  foreign: { en: 'a code that is no ride code', zh: '非乘车码' },
  damaged: { en: 'a code damaged on its way', zh: '传输中损坏的码' },
  talk: { en: "the module's own words", zh: '模块自身的输出' },
};

function describe(
  { name, working, problem, printed, last }: z.infer<typeof scannerShape>,
  language: Language,
): string {
  const say = wordsIn(language);
  const state = working ? say('works', '正常') : `${say('FAULT', '故障')}: ${problem ?? ''}`;
  const head = [
    [say('scanner', '扫码器'), `${name}: ${state}`],
    [say('printed', '输出'), say(`${printed} since the start`, `启动以来 ${printed} 次`)],
  ];
  if (last === null) return columns(head);
  const { agoMs, is, bytes, shape, advice } = last;
  return columns([
    ...head,
    [
      say('last', '最后'),
      say(`${duration(agoMs)} ago, ${bytes} bytes`, `${duration(agoMs, 'zh')}前，${bytes} 字节`),
    ],
    [say('looks like', '看似'), looks[is][language]],
    [say('masked', '遮盖后'), shape],
    ...(advice === '' ? [] : [[say('advice', '建议'), advice]]),
  ]);
}
