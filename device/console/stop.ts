/** `stop`: at which stop the bus is and how that is known, and the crew's word on it. */
import { distanceM, type Stop, stopAsTyped } from '../core/stop.ts';
import type { Command, ConsoleContext } from './context.ts';
import { columns } from './format.ts';

export const stop: Command = {
  name: 'stop',
  usage: '[next|ID|auto]',
  help: 'the stop of the bus; sets it until the bus is at another, auto: as the receiver has it',
  words: ({ whereabouts }) => ['next', 'auto', ...whereabouts.way().stops.map(({ id }) => id)],
  run(context, words) {
    const { whereabouts } = context;
    const { stops, next } = whereabouts.way();
    const word = words.length > 1 ? '' : words[0];
    if (word === 'auto') whereabouts.setAuto();
    else if (word !== undefined) {
      if (stops.length === 0) return 'the feed has brought no stops of this line yet';
      if (word === 'next' && next === undefined) return 'which stop comes next is not known: name one';
      const named = word === 'next' ? next : stopAsTyped(stops, words);
      if (named === undefined || whereabouts.setStop(named.id) === undefined)
        return `no such stop. The line has ${idsOf(stops)}`;
    }
    return describe(context);
  },
};

function describe(context: ConsoleContext): string {
  const { stops, source, next, towards, doors } = context.whereabouts.way();
  if (stops.length === 0) return 'the feed has brought no stops of this line yet';
  return columns([
    ['stop', stopText(context)],
    ['known by', sourceText[source ?? 'nobody']],
    ['towards', towards === undefined ? 'not known' : nameOf(towards)],
    ['next', next === undefined ? 'not known' : nameOf(next)],
    ['door', context.config.doorContact === undefined ? 'no contact' : (doors ?? 'not known')],
  ]);
}

const sourceText = {
  gnss: 'GNSS',
  crew: 'the crew, until the bus is at another stop, or `stop auto`',
  nobody: 'nobody',
} as const;

/** Whether there is anything to say of the stop. */
export function knowsStops({ config, whereabouts }: ConsoleContext): boolean {
  return config.gnss !== undefined || whereabouts.stop() !== undefined;
}

/** A line of `status` and `gnss` too. */
export function stopText({ whereabouts }: ConsoleContext): string {
  const at = whereabouts.stop();
  const position = whereabouts.position();
  if (at === undefined) return position === undefined ? 'not known: no position' : 'none near';
  const away = position === undefined ? '' : `, ${Math.round(distanceM(at.position, position))} m away`;
  const source = whereabouts.way().source === 'crew' ? ', set by the crew' : '';
  return `${nameOf(at)}${away}${source}`;
}

function nameOf({ id, name }: Stop): string {
  return name.zh === name.en ? `${id} ${name.zh}` : `${id} ${name.zh} ${name.en}`;
}

const idsShown = 40;

function idsOf(stops: readonly Stop[]): string {
  const ids = stops.slice(0, idsShown).map(({ id }) => id);
  return ids.join(', ') + (stops.length > idsShown ? ', …' : '');
}
