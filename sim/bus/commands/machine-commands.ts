/** Commands about the machine a validator runs on: its power, disk, clock and card reader. */
import { WrongUsage } from '../../../device/kit/errors.ts';
import { missingForFullDisk } from '../../wires/full-disk.ts';
import { type BusCommand, oneOf, postOf, secondsOf } from './command.ts';

export const machineCommands: readonly BusCommand[] = [
  {
    name: 'power',
    usage: 'front|rear',
    help: 'cut the power of a validator; it starts again, and is waited for',
    async run(bus, [post]) {
      const validator = postOf(post);
      const { firmware } = bus.posts[validator];
      firmware.cutPower();
      await firmware.restarted();
      return { event: 'power-cut', validator };
    },
  },
  {
    name: 'disk',
    usage: 'front|rear full|ok',
    help: "a validator's disk that takes nothing more",
    async run(bus, [post, word]) {
      const validator = postOf(post);
      const state = oneOf(word, ['full', 'ok'] as const);
      const missing = missingForFullDisk();
      if (missing !== undefined) throw new WrongUsage(`disk needs ${missing}`);
      bus.posts[validator].firmware.fillDisk(state === 'full');
      return { event: 'disk', validator, state };
    },
  },
  {
    name: 'clock',
    usage: 'front|rear SECONDS|ok',
    help: "start a validator again with its system's clock so many seconds ahead, or behind (-3600)",
    async run(bus, [post, word]) {
      const validator = postOf(post);
      const { firmware } = bus.posts[validator];
      const aheadS = aheadOf(word);
      firmware.skewClock(Math.round(aheadS * 1000));
      firmware.cutPower();
      await firmware.restarted();
      return { event: 'clock-set', validator, aheadS };
    },
  },
  {
    name: 'reader',
    usage: 'front|rear out|in',
    help: "pull a validator's card reader, or plug it in again; with --wires pcsc",
    async run(bus, [post, word]) {
      const validator = postOf(post);
      const state = oneOf(word, ['out', 'in'] as const);
      await bus.posts[validator].plugReader(state === 'in');
      return { event: 'reader', validator, state };
    },
  },
];

/** @throws WrongUsage */
export function aheadOf(word: string | undefined): number {
  return word === 'ok' ? 0 : secondsOf(word);
}
