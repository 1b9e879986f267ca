/** How long the settlement of a day takes, by its rides, and that it takes no more memory for more of them. */
import { mkdirSync, rmSync } from 'node:fs';
import { pilotPolicy } from '../../../device/core/policy.ts';
import type { PublishedLine } from '../../../device/settings/lines-file.ts';
import { openTrips } from '../../../sim/backoffice/intake/trips-file.ts';
import { settleDay } from '../../../sim/backoffice/settlement/settle-day.ts';
import { createTariffs } from '../../../sim/backoffice/settlement/tariffs.ts';
import { residentMb } from '../process-memory.ts';
import type { Figure } from '../report.ts';
import { fillTrips, lines, stopM, stopsOfLine } from './fill-trips.ts';

export interface SettleFigures {
  readonly seconds: number;
  readonly residentMb: number;
}

const day = 19_000;

/** @param dir is made, and removed. @throws Error where the account is not that of the rides */
export function settleMadeUpDay(dir: string, rides: number): SettleFigures {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const trips = openTrips(dir);
  try {
    fillTrips(trips, day, rides);
    const tariffs = createTariffs([{ since: 0, what: pilotPolicy }], [{ since: 0, what: madeUpLines() }]);
    const started = performance.now();
    const account = settleDay({ dir, trips, tariffs, day, now: Date.now() });
    const seconds = (performance.now() - started) / 1000;
    const { rides: counted, differencesFen, waiting } = account;
    if (counted !== rides || differencesFen !== 0 || waiting !== 0)
      throw new Error(`${rides} rides came to ${JSON.stringify({ counted, differencesFen, waiting })}`);
    return { seconds, residentMb: residentMb(process.pid) };
  } finally {
    trips.close();
    rmSync(dir, { recursive: true });
  }
}

/** The requirement is for a million rides; of others it is its share. */
const mayTakeS = 60 / 1_000_000;

export function settleFigures(measured: readonly (SettleFigures & { readonly rides: number })[]): Figure[] {
  const by = (value: (each: SettleFigures & { readonly rides: number }) => number) =>
    Object.fromEntries(measured.map(each => [String(each.rides), value(each)]));
  return [
    {
      name: 'fare.settleS',
      value: by(({ seconds }) => seconds),
      required: { atMost: by(({ rides }) => rides * mayTakeS) },
    },
    { name: 'fare.settleMb', value: by(({ residentMb }) => residentMb) },
  ];
}

function madeUpLines(): ReadonlyMap<string, PublishedLine> {
  const names = Array.from({ length: lines }, (_, i) => `L${i}`);
  return new Map(names.map(line => [line, madeUpLine(line)]));
}

function madeUpLine(line: string): PublishedLine {
  const ids = Array.from({ length: stopsOfLine }, (_, i) => `${line}-${i}`);
  const alongM = ids.map((_, i) => i * stopM);
  const stops = ids.map(id => ({ id, zh: id, en: id, lat: 39.9, lon: 116.4 }));
  return {
    line,
    stops,
    ways: [
      { stops: ids, alongM },
      { stops: ids.toReversed(), alongM },
    ],
  };
}
