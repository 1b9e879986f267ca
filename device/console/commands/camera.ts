/** `camera`: what the cameras see, and their next picture as characters or as a file, black where a code is. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { asciiOf, pngOf } from '../../maintenance/picture.ts';
import type { CameraSight } from '../../ports.ts';
import { command, Refusal } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import { count, milliseconds } from '../data.ts';
import { columns, duration } from '../format.ts';
import { type Language, wordsIn } from '../language.ts';
import { stateOf } from './reader.ts';

const camera = z.object({
  name: z.string(),
  working: z.boolean(),
  problem: z.string().nullable(),
  size: z.object({ width: count, height: count }).nullable(),
  frames: count,
  framesPerS: z.number(),
  /** In view now; `stands` for what is stuck there. */
  codes: z.array(z.object({ isRideCode: z.boolean(), stands: z.boolean(), inViewMs: milliseconds })),
});

const actions = ['look', 'save'] as const;
const waitMs = 10_000;

export const cameraCommand = command({
  name: 'camera',
  usage: '[look|save] [NAME]',
  example: 'camera look',
  help: {
    en: 'pictures a second, codes in view; look: as characters, save: as a PNG file to send; codes are blackened',
    zh: '帧率、视野内的码；look：以字符显示，save：存为可传送的 PNG；码会被涂黑',
  },
  access: 'technician',
  schema: z.object({
    cameras: z.array(camera),
    /** Lines of characters, light to dark; null unless asked for. */
    picture: z.array(z.string()).nullable(),
    /** The name of the file to send; null unless asked for. */
    file: z.string().nullable(),
  }),
  words: ({ maintenance }) => [
    ...actions,
    ...actions.flatMap(action => cameraNames(maintenance).map(name => `${action} ${name}`)),
  ],
  async run(context, [action, wanted], _dialogue, signal) {
    const { maintenance } = context;
    const names = cameraNames(maintenance);
    if (names.length === 0) return new Refusal('not-configured', 'no cameras', '没有摄像头');
    const data = { cameras: names.map(name => describe(name, context)), picture: null, file: null };
    if (action === undefined) return data;
    const name = wanted ?? names[0] ?? '';
    if (action !== 'look' && action !== 'save') return wrongUsage;
    if (!names.includes(name)) return noSuch(names);
    const picture = await pictureOf(name, maintenance, signal);
    if (picture === undefined) return noPicture;
    if (action === 'look') return { ...data, picture: asciiOf(picture) };
    const { name: file } = await maintenance.outbox.put(`camera-${name}`, 'png', await pngOf(picture));
    return { ...data, file };
  },
  tell({ cameras, picture, file }, language) {
    const say = wordsIn(language);
    if (picture !== null) return picture.join('\n');
    if (file !== null) return say(`saved as ${file}: send ${file}`, `已存为 ${file}：send ${file}`);
    return cameras.map(each => describeText(each, language)).join('\n');
  },
});

const wrongUsage = new Refusal(
  'usage',
  'camera, camera look [NAME], camera save [NAME]',
  'camera、camera look [名称]、camera save [名称]',
);
const noPicture = new Refusal(
  'timeout',
  `no picture came in ${waitMs / 1000} s`,
  `${waitMs / 1000} 秒内没有图像`,
);

function noSuch(names: readonly string[]): Refusal {
  const all = names.join(', ');
  return new Refusal('usage', `no such camera. There are ${all}`, `没有此摄像头。现有 ${all}`);
}

type Maintained = Pick<ConsoleContext['maintenance'], 'devices'>;

function cameraNames({ devices }: Maintained): string[] {
  return devices.codeReaders.filter(each => each.sight().kind === 'camera').map(({ name }) => name);
}

function describe(name: string, { maintenance, parts }: ConsoleContext): z.infer<typeof camera> {
  const sight = maintenance.devices.codeReaders.find(each => each.name === name)?.sight();
  const { size, frames, framesPerS, codes } = sight?.kind === 'camera' ? sight : nothing;
  return {
    name,
    ...stateOf(parts, 'code-reader', name),
    size: size ?? null,
    frames,
    framesPerS,
    codes: [...codes],
  };
}

const nothing: CameraSight = { kind: 'camera', size: undefined, frames: 0, framesPerS: 0, codes: [] };

/** Ends with Ctrl-C, and when no picture comes. */
async function pictureOf(name: string, { devices }: Maintained, signal: AbortSignal) {
  const found = devices.codeReaders.find(each => each.name === name);
  const limit = new AbortController();
  const late = delay(waitMs, undefined, { signal: limit.signal }).catch(() => undefined);
  const asked = found?.picture?.(AbortSignal.any([signal, limit.signal]));
  try {
    return await Promise.race([asked, late]);
  } finally {
    limit.abort();
  }
}

function describeText(each: z.infer<typeof camera>, language: Language): string {
  const say = wordsIn(language);
  const { name, working, problem, size, frames, framesPerS, codes } = each;
  const state = working ? say('works', '正常') : `${say('FAULT', '故障')}: ${problem ?? ''}`;
  const seen = codes.map(({ isRideCode, stands, inViewMs }) => {
    const what = isRideCode ? say('ride code', '乘车码') : say('another code', '其他码');
    const stuck = stands ? say(', never leaves the view: take it away', '，一直在视野内：请移走') : '';
    return [say('in view', '视野内'), `${what}, ${duration(inViewMs, language)}${stuck}`];
  });
  return columns([
    [say('camera', '摄像头'), `${name}: ${state}`],
    [say('picture', '图像'), size === null ? say('none yet', '尚无') : `${size.width} × ${size.height}`],
    [say('frames', '帧'), say(`${frames}, ${framesPerS} a second`, `${frames}，每秒 ${framesPerS}`)],
    ...(seen.length > 0 ? seen : [[say('in view', '视野内'), say('no code', '没有码')]]),
  ]);
}
