/** `gnss`: what a tester can do with a validator's satellite receiver. */
import type { Position } from '../../../device/core/stop.ts';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { type GnssReceiverPort, gnssModes } from '../../wires/gnss-receiver.ts';
import { lineStops, placeOf } from '../line-stops.ts';
import { type BusCommand, numberOf, postOf, secondsOf } from './command.ts';

const choices = `(${gnssModes.join('|')}|offset SECONDS|rollover|stopped-clock|at LAT,LON|stop ID|drive [KMH])`;
const usualSpeedKmh = 25;
const fastestKmh = 500;

export const gnssCommand: BusCommand = {
  name: 'gnss',
  usage: `front|rear ${choices}`,
  help: 'what the receiver sends: fix is all right again; offset, rollover and stopped-clock are lies of its clock',
  async run(bus, [post, ...words]) {
    const validator = postOf(post);
    controlReceiver(bus.posts[validator].gnss, words);
    return { event: 'gnss', validator, set: words.join(' ') };
  },
};

type Control = (receiver: GnssReceiverPort, value: string | undefined) => void;

const controls: Readonly<Record<string, Control>> = {
  offset: (receiver, value) => receiver.setClock({ offsetMs: secondsOf(value) * 1000 }),
  rollover: receiver => receiver.setClock({ rolledOver: true }),
  'stopped-clock': receiver => receiver.setClock({ stopped: true }),
  at: (receiver, value) => receiver.setPosition(positionOf(value)),
  stop: (receiver, value) => receiver.setPosition(stopOf(value)),
  drive(receiver, value) {
    const speedKmh = value === undefined ? usualSpeedKmh : speedOf(value);
    receiver.drive(lineStops.map(placeOf), speedKmh);
  },
};

/** @throws WrongUsage */
function controlReceiver(receiver: GnssReceiverPort, [what = '', value]: readonly string[]): void {
  const mode = gnssModes.find(name => name === what);
  const control = Object.hasOwn(controls, what) ? controls[what] : undefined;
  if (mode !== undefined) {
    receiver.setMode(mode);
    if (mode === 'fix') receiver.setClock({});
  } else if (control !== undefined) control(receiver, value);
  else throw new WrongUsage(`gnss: one of ${choices} is expected`);
}

/** @throws WrongUsage */
export function speedOf(word: string | undefined): number {
  return numberOf(word, 'KMH', fastestKmh);
}

/** @throws WrongUsage */
export function positionOf(text = ''): Position {
  const [latitude, longitude, ...more] = text.split(',');
  if (longitude === undefined || more.length > 0) {
    throw new WrongUsage(`${text}: LAT,LON is expected, as 39.9,116.4`);
  }
  return {
    latitudeDeg: numberOf(latitude, 'LAT', 90),
    longitudeDeg: numberOf(longitude, 'LON', 180),
  };
}

function stopOf(id: string | undefined): Position {
  const found = lineStops.find(stop => stop.id === id || stop.zh === id);
  if (found === undefined) {
    throw new WrongUsage(`gnss stop: one of ${lineStops.map(stop => stop.id).join(', ')} is expected`);
  }
  return placeOf(found);
}
