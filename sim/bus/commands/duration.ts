/** Reads how long a tester waits: `5`, `0.5`, `90s`, `15m`, `2h`, `3d`. */
import { WrongUsage } from '../../../device/kit/errors.ts';

const secondsPerUnit = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const longestDays = 31;

/** @returns seconds. @throws WrongUsage */
export function secondsOfDuration(word = ''): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(word) ?? [];
  const seconds = Number(number) * secondsPerUnit[(unit || 's') as keyof typeof secondsPerUnit];
  if (!(seconds <= longestDays * secondsPerUnit.d)) {
    throw new WrongUsage(
      `${word || 'nothing'}: DURATION is 0 to ${longestDays} days, as 5 (seconds), 90s, 15m, 2h or 3d`,
    );
  }
  return seconds;
}
