/**
 * `display`, `light`, `tone`, `voice`: each shown or sounded for a technician, one after the other, as notices are: by the same board, on
 * all displays, readers and speakers. Only between passengers: whoever taps has the screens at once, and the trial goes on afterwards.
 */
import { z } from 'zod';
import { beijingTime } from '../../core/beijing-time.ts';
import { audiences, type Light, type Notice, type Screen, type Text, type Tone } from '../../core/screen.ts';
import { promptsOf } from '../../core/voice.ts';
import { command, Refusal } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import { columns } from '../format.ts';
import { type Language, wordsIn } from '../language.ts';
import { longerMs, tryInTurn } from '../try-in-turn.ts';
import { stateOf } from './reader.ts';

const device = z.object({
  name: z.string(),
  audience: z.enum(audiences),
  working: z.boolean(),
  problem: z.string().nullable(),
});

const schema = z.object({
  devices: z.array(device),
  /** What has been shown or sounded, in its order; empty where nothing was asked for. */
  tried: z.array(z.string()),
  /** A passenger, Ctrl-C or the time limit came before all had been tried. */
  isCut: z.boolean(),
});

type Trial = z.infer<typeof schema>;

const screenMs = 8000;
const lightMs = 1500;
const toneMs = 2000;
const promptMs = 4000;

const test: Text = { zh: '测试画面', en: 'Test screen' };
const asUsual: Text = { zh: '设备检查中 可照常刷卡', en: 'Being checked: tap as usual' };
const lights: readonly Light[] = ['green', 'amber', 'red', 'off'];
const tones: readonly Tone[] = ['one', 'two', 'three', 'short', 'long'];

export const display = command({
  name: 'display',
  usage: '[test]',
  example: 'display test',
  help: { en: 'the displays; test: a test screen for some seconds', zh: '显示屏；test：显示测试画面几秒' },
  access: 'technician',
  schema,
  words: () => ['test'],
  run(context, args, _dialogue, signal) {
    const details = [
      asUsual,
      same(context.config.device),
      same(beijingTime(context.clock())),
      same('█▓▒░ 0123456789'),
    ];
    const screens = [{ name: 'screen', ms: screenMs, notice: noticeOf({ headline: test, details }) }];
    return tryAll('display', context, args, screens, signal);
  },
  tell: tellTrial,
});

export const light = command({
  name: 'light',
  usage: '[test]',
  example: 'light test',
  help: {
    en: 'test: green, amber, red and off, on displays and readers',
    zh: 'test：绿、黄、红、灭，显示屏和读卡器',
  },
  access: 'technician',
  schema,
  words: () => ['test'],
  run(context, args, _dialogue, signal) {
    const each = lights.map(colour => ({ name: colour, ms: lightMs, notice: noticeOf({ light: colour }) }));
    return tryAll('display', context, args, each, signal);
  },
  tell: tellTrial,
});

export const tone = command({
  name: 'tone',
  usage: '[test]',
  example: 'tone test',
  help: { en: 'test: every tone, on displays and readers', zh: 'test：各种提示音，显示屏和读卡器' },
  access: 'technician',
  schema,
  words: () => ['test'],
  run(context, args, _dialogue, signal) {
    const each = tones.map(sound => {
      return { name: sound, ms: toneMs, notice: noticeOf({ tone: sound, details: [asUsual, same(sound)] }) };
    });
    return tryAll('display', context, args, each, signal);
  },
  tell: tellTrial,
});

export const voice = command({
  name: 'voice',
  usage: '[test [PROMPT]]',
  example: 'voice test',
  help: {
    en: 'the speakers; test: says every prompt of the policy, or one',
    zh: '扬声器；test：播放策略中的全部或一个语音',
  },
  access: 'technician',
  schema,
  words: context => ['test', ...promptsIn(context).map(({ id }) => `test ${id}`)],
  async run(context, [word, wanted], _dialogue, signal) {
    const devices = devicesOf('speaker', context);
    if (devices.length === 0) return new Refusal('not-configured', 'no speakers', '没有扬声器');
    if (word === undefined) return { devices, tried: [], isCut: false };
    const prompts = promptsIn(context).filter(({ id }) => wanted === undefined || id === wanted);
    if (word !== 'test' || prompts.length === 0) return wrongUsage('voice', context);
    const { trySaying } = context.maintenance.board;
    const each = prompts.map(({ audience, id }) => ({
      name: `${audience} ${id}`,
      ms: promptMs,
      start: () => (trySaying(audience, { id, times: 1, volumePercent: 100 }) ? () => undefined : undefined),
    }));
    return { devices, ...(await tryInTurn(each, signal)) };
  },
  tell: tellTrial,
});

async function tryAll(
  kind: 'display',
  context: ConsoleContext,
  [word]: readonly string[],
  each: readonly { readonly name: string; readonly ms: number; readonly notice: Notice }[],
  signal: AbortSignal,
): Promise<Trial | Refusal> {
  const devices = devicesOf(kind, context);
  if (devices.length === 0 && context.maintenance.devices.cardReaders.length === 0)
    return new Refusal('not-configured', 'no displays', '没有显示屏');
  if (word === undefined) return { devices, tried: [], isCut: false };
  if (word !== 'test') return wrongUsage(kind, context);
  const { tryOut } = context.maintenance.board;
  const steps = each.map(({ name, ms, notice }) => ({
    name,
    ms,
    start: () => tryOut(notice, ms + longerMs),
  }));
  return { devices, ...(await tryInTurn(steps, signal)) };
}

function devicesOf(
  kind: 'display' | 'speaker',
  { maintenance, parts }: ConsoleContext,
): z.infer<typeof device>[] {
  const { displays, speakers } = maintenance.devices;
  return (kind === 'display' ? displays : speakers).map(({ name, audience }) => {
    return { name, audience, ...stateOf(parts, kind, name) };
  });
}

function promptsIn({ policy, maintenance }: ConsoleContext) {
  const heard = new Set(maintenance.devices.speakers.map(({ audience }) => audience));
  return [...heard].flatMap(audience => promptsOf(policy().voice, audience).map(id => ({ audience, id })));
}

function noticeOf({
  light = 'off',
  tone = 'none',
  headline = test,
  details = [asUsual],
}: Partial<Screen>): Notice {
  const screen: Screen = { light, tone, headline, details };
  return { passenger: screen, crew: screen };
}

function same(text: string): Text {
  return { zh: text, en: text };
}

function wrongUsage(name: string, context: ConsoleContext): Refusal {
  const prompts = name === 'voice' ? promptsIn(context).map(({ id }) => id) : [];
  const which = prompts.length === 0 ? '' : ` [${prompts.join('|')}]`;
  return new Refusal('usage', `${name}, ${name} test${which}`, `${name}、${name} test${which}`);
}

function tellTrial({ devices, tried, isCut }: Trial, language: Language): string {
  const say = wordsIn(language);
  const rows = devices.map(({ name, audience, working, problem }) => [
    name,
    audience,
    working ? say('works', '正常') : say('FAULT', '故障'),
    problem ?? '',
  ]);
  if (tried.length === 0 && !isCut) return columns(rows);
  const cut = isCut ? say(' (cut short)', '（中断）') : '';
  const all = tried.length === 0 ? say('nothing', '无') : tried.join(', ');
  return [columns(rows), say(`tried: ${all}${cut}`, `已测试：${all}${cut}`)]
    .filter(text => text !== '')
    .join('\n');
}
