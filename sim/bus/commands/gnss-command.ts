/** `gnss`: what a tester can do with a validator's satellite receiver. */
import { type Position, stopAsTyped } from '../../../device/core/stop.ts';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { type GnssReceiverPort, gnssModes } from '../../wires/gnss-receiver.ts';
import { type BusLine, type LineStop, placeOf } from '../line-stops.ts';
import { type BusCommand, numberOf, postOf, secondsOf } from './command.ts';

const choices = `(${gnssModes.join('|')}|offset SECONDS|rollover|stopped-clock|at LAT,LON|stop ID…|drive [KMH]|drive-back [KMH])`;
const usualSpeedKmh = 25;
const fastestKmh = 500;

export const gnssCommand: BusCommand = {
  name: 'gnss',
  usage: `front|rear ${choices}`,
  help: 'what the receiver sends: fix is all right again; offset, rollover and stopped-clock are lies of its clock',
  async run(bus, [post, ...words]) {
    const validator = postOf(post);
    controlReceiver(bus.posts[validator].gnss, bus.line, words);
    return { event: 'gnss', validator, set: words.join(' ') };
  },
};

type Control = (receiver: GnssReceiverPort, words: readonly string[], line: BusLine) => void;

const controls: Readonly<Record<string, Control>> = {
  offset: (receiver, [value]) => receiver.setClock({ offsetMs: secondsOf(value) * 1000 }),
  rollover: receiver => receiver.setClock({ rolledOver: true }),
  'stopped-clock': receiver => receiver.setClock({ stopped: true }),
  at: (receiver, [value]) => receiver.setPosition(positionOf(value)),
  stop: (receiver, words, { stops }) => receiver.setPosition(stopOf(words, stops)),
  drive: (receiver, [value], { there }) => drive(receiver, there, value),
  'drive-back': (receiver, [value], { back }) => drive(receiver, back, value),
};

function drive(receiver: GnssReceiverPort, stops: readonly LineStop[], value: string | undefined): void {
  receiver.drive(stops.map(placeOf), value === undefined ? usualSpeedKmh : speedOf(value));
}

/** @throws WrongUsage */
function controlReceiver(
  receiver: GnssReceiverPort,
  line: BusLine,
  [what = '', ...words]: readonly string[],
): void {
  const mode = gnssModes.find(name => name === what);
  const control = Object.hasOwn(controls, what) ? controls[what] : undefined;
  if (mode !== undefined) {
    receiver.setMode(mode);
    if (mode === 'fix') receiver.setClock({});
  } else if (control !== undefined) control(receiver, words, line);
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

function stopOf(words: readonly string[], stops: readonly LineStop[]): Position {
  const found = stopAsTyped(stops, words) ?? stops.find(({ zh }) => zh === words.join(' '));
  if (found === undefined) {
    throw new WrongUsage(`gnss stop: one of ${stops.map(stop => stop.id).join(', ')} is expected`);
  }
  return placeOf(found);
}
