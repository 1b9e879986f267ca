/** Reads how long a tester waits: `5`, `0.5`, `90s`, `15m`, `2h`, `3d`, or until when. */
import { beijingTime } from '../../../device/core/beijing-time.ts';
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import { instant } from '../../../device/kit/option-values.ts';

const secondsPerUnit = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const longestDays = 31;

const longestS = longestDays * secondsPerUnit.d;

/** @param now what time it is, in Unix milliseconds. @returns seconds. @throws WrongUsage */
export function secondsToWait(word: string | undefined, now: number): number {
  const at = instantOf(word);
  if (at === undefined) return secondsOfDuration(word);
  const seconds = (at - now) / 1000;
  if (seconds < 0) throw new WrongUsage(`${word} is past: on the bus it is ${beijingTime(now)}`);
  if (seconds > longestS)
    throw new WrongUsage(`${word} is more than ${longestDays} days after ${beijingTime(now)}`);
  return seconds;
}

/** @returns seconds. @throws WrongUsage */
export function secondsOfDuration(word = ''): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(word) ?? [];
  const seconds = Number(number) * secondsPerUnit[(unit || 's') as keyof typeof secondsPerUnit];
  if (!(seconds <= longestS)) {
    throw new WrongUsage(
      `${word || 'nothing'}: DURATION is 0 to ${longestDays} days, as 5 (seconds), 90s, 15m, 2h or 3d; INSTANT as 2022-05-23T00:00+08:00`,
    );
  }
  return seconds;
}

function instantOf(word = ''): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(word)) return undefined;
  try {
    return instant(word);
  } catch (error) {
    throw new WrongUsage(`${word}: ${messageOf(error)}`);
  }
}
