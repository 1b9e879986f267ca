/** `gnss`: what the receiver says, and where that is. */
import { beijingTime } from '../core/beijing-time.ts';
import type { Position } from '../core/stop.ts';
import type { Fix } from '../ports.ts';
import type { Command } from './context.ts';
import { columns, duration } from './format.ts';
import { stopText } from './stop.ts';

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
