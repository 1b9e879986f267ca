/**
 * A validator's day: when passengers tap, when the network is away, when the bus stands in its depot without power. All times are
 * seconds since midnight in Beijing; the same seed gives the same day.
 */
import type { Random } from '../media/random.ts';

export type DayEvent =
  | { readonly at: number; readonly is: 'tap' }
  | { readonly at: number; readonly is: 'network'; readonly isUp: boolean }
  | { readonly at: number; readonly is: 'power'; readonly isOn: boolean };

export interface DayOptions {
  readonly tapsPerDay: number;
}

/** Taps by the hour, as shares: the first buses at 5, peaks at 7 to 9 and 17 to 19, the last at 23. */
const shares = [0, 0, 0, 0, 0, 1, 4, 10, 10, 6, 4, 4, 5, 5, 4, 5, 7, 10, 9, 6, 4, 3, 2, 1];
const hourS = 3600;
export const dayS = 24 * hourS;
/** Each bus has its own first and last hour. */
const spreadS = 1500;
const firstS = 5 * hourS;
const lastS = 23.5 * hourS;
/** Tunnels and the shade of viaducts. */
const shadows = { perDay: 6, fromS: 15, toS: 240 };
/** A SIM whose contract, cell or modem fails for hours. */
const lateSims = { share: 0.03, fromS: hourS, toS: 6 * hourS };

/** In the order of time. */
export function dayOf(random: Random, { tapsPerDay }: DayOptions): readonly DayEvent[] {
  const on = firstS - random.between(0, spreadS);
  const off = lastS + random.between(0, spreadS);
  const events = [
    { at: on, is: 'power', isOn: true } as const,
    ...tapsBetween(on, off, tapsPerDay, random),
    ...outagesBetween(on, off, random),
    { at: off, is: 'power', isOn: false } as const,
  ];
  return events.toSorted((a, b) => a.at - b.at);
}

/** A Poisson process whose rate is that of the hour. */
function tapsBetween(on: number, off: number, perDay: number, random: Random): DayEvent[] {
  const all = shares.reduce((sum, share) => sum + share, 0);
  return shares.flatMap((share, hour) => {
    const perS = (perDay * share) / all / hourS;
    const taps: DayEvent[] = [];
    if (perS === 0) return taps;
    for (let at = hour * hourS; ; ) {
      at += -Math.log(1 - random.next()) / perS;
      if (at >= (hour + 1) * hourS) return taps;
      if (at > on && at < off) taps.push({ at, is: 'tap' });
    }
  });
}

function outagesBetween(on: number, off: number, random: Random): DayEvent[] {
  const outage = (from: number, lastsS: number): DayEvent[] => [
    { at: from, is: 'network', isUp: false },
    { at: Math.min(from + lastsS, off), is: 'network', isUp: true },
  ];
  if (random.next() < lateSims.share)
    return outage(random.between(on, off), random.between(lateSims.fromS, lateSims.toS));
  const turnS = (off - on) / shadows.perDay;
  return Array.from({ length: shadows.perDay }, (_, turn) => {
    const from = on + turn * turnS + random.between(0, turnS - shadows.toS);
    return outage(from, random.between(shadows.fromS, shadows.toS));
  }).flat();
}
