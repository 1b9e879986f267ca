/** `gnss`: what the receiver says, and where that is. */
import { beijingTime } from '../core/beijing-time.ts';
import { distanceM, type Position, type Stop } from '../core/stop.ts';
import type { Fix } from '../ports.ts';
import type { Command, ConsoleContext } from './context.ts';
import { columns, duration } from './format.ts';

export const gnss: Command = {
  name: 'gnss',
  usage: '',
  help: 'the satellite receiver: fix, time, position, and the stop',
  run(context) {
    const { config, parts, whereabouts } = context;
    if (config.gnss === undefined) return 'not configured';
    const { name, path, baudRate } = config.gnss;
    const part = parts.list().find(({ kind }) => kind === 'gnss');
    const fix = whereabouts.lastFix();
    return columns([
      ['receiver', `${name} at ${path}${path.startsWith('/') ? `, ${baudRate} baud` : ''}`],
      ['state', part?.working === true ? 'works' : `FAULT: ${part?.problem ?? ''}`],
      ['last heard', fix === undefined ? 'not yet' : `${duration(performance.now() - fix.receivedAt)} ago`],
      ...(fix === undefined ? [] : describeFix(fix)),
      ['stop', stopText(context)],
    ]);
  },
};

function describeFix({ time, position, satellites }: Fix): string[][] {
  return [
    ['fix', position === undefined ? 'no fix' : 'yes'],
    ['time', time === undefined ? 'not vouched for' : beijingTime(time)],
    ['position', position === undefined ? 'not known' : positionText(position)],
    ['satellites', satellites === undefined ? 'not told' : String(satellites)],
  ];
}

function positionText({ latitudeDeg, longitudeDeg }: Position): string {
  const [northSouth, eastWest] = [latitudeDeg < 0 ? 'S' : 'N', longitudeDeg < 0 ? 'W' : 'E'];
  const degrees = (deg: number) => Math.abs(deg).toFixed(5);
  return `${degrees(latitudeDeg)} ${northSouth} ${degrees(longitudeDeg)} ${eastWest}`;
}

/** A line of `status` too. */
export function stopText({ whereabouts }: ConsoleContext): string {
  const stop = whereabouts.stop();
  const position = whereabouts.position();
  if (position === undefined) return 'not known: no position';
  return stop === undefined ? 'none near' : describeStop(stop, position);
}

function describeStop({ id, name, position: where }: Stop, position: Position): string {
  return `${id} ${name.zh} ${name.en}, ${Math.round(distanceM(where, position))} m away`;
}
