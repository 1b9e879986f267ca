/** `clock`: what time the validator believes it is, and why. */
import { beijingTime } from '../core/beijing-time.ts';
import type { Command, ConsoleContext } from './context.ts';
import { columns, duration } from './format.ts';

export const clock: Command = {
  name: 'clock',
  usage: '',
  help: 'what time it is believed to be, and why',
  run({ time }) {
    const { source, problem, plausible, gnss, since, floorMs, offsetMs } = time.state();
    const monotonic = performance.now();
    return columns([
      ['time', `${beijingTime(time.now())}${plausible ? '' : ', NOT BELIEVED'}`],
      ['source', `${source ?? 'none'} for ${duration(monotonic - since)}`],
      ['problem', problem ?? 'none'],
      ['system clock', beijingTime(Date.now())],
      ['ahead of it', `${((monotonic + offsetMs - Date.now()) / 1000).toFixed(1)} s`],
      ['gnss', gnss === undefined ? 'no time' : beijingTime(monotonic + gnss.offsetMs)],
      ['signed data', floorMs === undefined ? 'none' : beijingTime(floorMs)],
    ]);
  },
};

/** A line of `status`. */
export function clockInShort({ time }: ConsoleContext): string {
  const { source, problem } = time.state();
  return `${beijingTime(time.now())} (${problem ?? `by ${source}`})`;
}
