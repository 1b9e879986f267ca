/** When a new firmware may take over: at night, by a time that is known, after nobody has tapped for a while. */
import { beijingMinute } from '../core/beijing-time.ts';

export interface NightSettings {
  /** HH:MM, Beijing's time. The window may go over midnight. */
  readonly nightFrom: string;
  readonly nightTo: string;
  /** Minutes without a tap. */
  readonly idleMin: number;
}

export interface Quiet {
  /** Unix milliseconds; undefined where no time is believed. */
  readonly now: number | undefined;
  /** Since the last tap, or since the start. */
  readonly idleMs: number;
}

/** @returns why not now; undefined where it may */
export function whyNotNow(
  { nightFrom, nightTo, idleMin }: NightSettings,
  { now, idleMs }: Quiet,
): string | undefined {
  if (now === undefined) return 'the time is not known';
  const time = beijingMinute(now);
  const isNight =
    nightFrom <= nightTo ? nightFrom <= time && time < nightTo : time >= nightFrom || time < nightTo;
  if (!isNight) return `it waits for the night, ${nightFrom} to ${nightTo}`;
  if (idleMs < idleMin * 60_000) return `somebody has tapped within ${idleMin} minutes`;
  return undefined;
}
