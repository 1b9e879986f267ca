/** `stop`: at which stop the bus is and how that is known, and the crew's word on it. */
import { z } from 'zod';
import { distanceM, type Stop, stopAsTyped } from '../../core/stop.ts';
import { command, Refusal } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import { columns } from '../format.ts';
import { type Language, wordsIn } from '../language.ts';

const named = z.object({ id: z.string(), name: z.object({ zh: z.string(), en: z.string() }) });

/** Where the bus is. */
export const stopShape = z.object({
  /** Null between stops, and where the position is not known. */
  at: named.extend({ awayM: z.number().nullable() }).nullable(),
  hasPosition: z.boolean(),
  knownBy: z.enum(['gnss', 'crew']).nullable(),
});

const noStops = new Refusal(
  'unavailable',
  'the feed has brought no stops of this line yet',
  '数据源尚未送来本线路的站点',
);

export const stop = command({
  name: 'stop',
  usage: '[next|ID|auto]',
  example: 'stop next',
  help: {
    en: 'the stop of the bus; sets it until the bus is at another, auto: as the receiver has it',
    zh: '当前站点；可设定站点，到下一站为止；auto：以接收机为准',
  },
  access: 'anyone',
  schema: stopShape.extend({
    towards: named.nullable(),
    next: named.nullable(),
    doorContact: z.boolean(),
    door: z.string().nullable(),
  }),
  words: ({ whereabouts }) => ['next', 'auto', ...whereabouts.way().stops.map(({ id }) => id)],
  run(context, words) {
    const { whereabouts, config } = context;
    const refused = setStop(context, words);
    if (refused !== undefined) return refused;
    const { stops, next, towards, doors } = whereabouts.way();
    if (stops.length === 0) return noStops;
    return {
      ...atStop(context),
      towards: namedOf(towards),
      next: namedOf(next),
      doorContact: config.doorContact !== undefined,
      door: doors ?? null,
    };
  },
  tell(data, language) {
    const say = wordsIn(language);
    const { knownBy, towards, next, doorContact, door } = data;
    const unknown = say('not known', '未知');
    return columns([
      [say('stop', '站点'), stopLine(data, language)],
      [say('known by', '依据'), sourceTexts[knownBy ?? 'nobody'][language]],
      [say('towards', '开往'), towards === null ? unknown : nameOf(towards)],
      [say('next', '下一站'), next === null ? unknown : nameOf(next)],
      [say('door', '车门'), doorContact ? (door ?? unknown) : say('no contact', '没有触点')],
    ]);
  },
});

function setStop({ whereabouts }: ConsoleContext, words: readonly string[]): Refusal | undefined {
  const { stops, next } = whereabouts.way();
  const word = words.length > 1 ? '' : words[0];
  if (word === undefined) return undefined;
  if (word === 'auto') {
    whereabouts.setAuto();
    return undefined;
  }
  if (stops.length === 0) return noStops;
  if (word === 'next' && next === undefined)
    return new Refusal(
      'unavailable',
      'which stop comes next is not known: name one',
      '下一站未知：请指定站点',
    );
  const wanted = word === 'next' ? next : stopAsTyped(stops, words);
  if (wanted !== undefined && whereabouts.setStop(wanted.id) !== undefined) return undefined;
  const ids = idsOf(stops);
  return new Refusal('usage', `no such stop. The line has ${ids}`, `没有此站点。本线路有 ${ids}`);
}

const sourceTexts = {
  gnss: { en: 'GNSS', zh: '卫星定位' },
  crew: {
    en: 'the crew, until the bus is at another stop, or `stop auto`',
    zh: '司乘人员，到下一站或 stop auto 为止',
  },
  nobody: { en: 'nobody', zh: '无' },
};

/** Whether there is anything to say of the stop. */
export function knowsStops({ config, whereabouts }: ConsoleContext): boolean {
  return config.gnss !== undefined || whereabouts.stop() !== undefined;
}

export function atStop({ whereabouts }: Pick<ConsoleContext, 'whereabouts'>): z.infer<typeof stopShape> {
  const stop = whereabouts.stop();
  const position = whereabouts.position();
  const awayM = stop === undefined || position === undefined ? null : distanceM(stop.position, position);
  return {
    at: stop === undefined ? null : { id: stop.id, name: stop.name, awayM },
    hasPosition: position !== undefined,
    knownBy: whereabouts.way().source ?? null,
  };
}

/** A line of `status` and `gnss` too. */
export function stopLine(
  { at, hasPosition, knownBy }: z.infer<typeof stopShape>,
  language: Language,
): string {
  const say = wordsIn(language);
  if (at === null)
    return hasPosition ? say('none near', '附近没有站点') : say('not known: no position', '未知：没有定位');
  const metres = Math.round(at.awayM ?? 0);
  const away = at.awayM === null ? '' : say(`, ${metres} m away`, `，相距 ${metres} 米`);
  const source = knownBy === 'crew' ? say(', set by the crew', '，由司乘人员设定') : '';
  return `${nameOf(at)}${away}${source}`;
}

function namedOf(stop: Stop | undefined): z.infer<typeof named> | null {
  return stop === undefined ? null : { id: stop.id, name: stop.name };
}

function nameOf({ id, name }: z.infer<typeof named>): string {
  return name.zh === name.en ? `${id} ${name.zh}` : `${id} ${name.zh} ${name.en}`;
}

const idsShown = 40;

function idsOf(stops: readonly Stop[]): string {
  const ids = stops.slice(0, idsShown).map(({ id }) => id);
  return ids.join(', ') + (stops.length > idsShown ? ', …' : '');
}
