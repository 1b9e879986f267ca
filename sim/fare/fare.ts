/** A ride on a line of a GTFS feed, and what it costs. */
import { fareTableAt } from '../../device/core/fare/fare-table.ts';
import type { Payer } from '../../device/core/fare/price.ts';
import { type RideFare, rideFare } from '../../device/core/fare/ride.ts';
import type { Route } from '../../device/core/fare/route.ts';
import { FileProblems } from '../../device/kit/yaml-file.ts';
import { readPolicy } from '../../device/settings/policy-file.ts';
import { routeOf } from '../../sync/publisher/gtfs/measure-route.ts';
import { type GtfsTables, readGtfs } from '../../sync/publisher/gtfs/tables.ts';

export interface FareQuestion {
  /** A GTFS feed, zip */
  readonly gtfs: string;
  /** route_short_name */
  readonly line: string;
  /** stop_id, of a platform or of a station */
  readonly from: string;
  readonly to: string;
  readonly payer: Payer;
  /** Unix milliseconds; undefined for now, and for whatever timetable */
  readonly at?: number;
  /** YAML; undefined for the pilot's own */
  readonly policy?: string;
}

/** @throws FileProblems for a feed or a policy that cannot be used, and for a stop where the line does not stop */
export async function fareOf({ gtfs, line, from, to, payer, at, policy }: FareQuestion): Promise<RideFare> {
  const { fare } = readPolicy(policy);
  const table = fareTableAt(fare, at ?? Date.now());
  const tables = await readGtfs(gtfs, line);
  const route = routeOf(tables, line, at);
  const time = at ?? 0;
  const platforms = (id: string) => platformsOf(gtfs, tables, route, id);
  const [boarding, leaving] = [platforms(from), platforms(to)];
  const fares = boarding.flatMap(on =>
    leaving.map(off =>
      rideFare({ route, table, payer, on: { stop: on, at: time }, off: { stop: off, at: time } }),
    ),
  );
  return fares.reduce(better);
}

/** Between two stations the way that a bus goes, and of several the shortest. */
function better(a: RideFare, b: RideFare): RideFare {
  const rank = ({ reason, distanceM = 0 }: RideFare) => (reason === 'wrong-direction' ? 1e9 : 0) + distanceM;
  return rank(b) < rank(a) ? b : a;
}

/** @returns where the line stops at this stop: the platform itself, or those of a station */
function platformsOf(gtfs: string, { stops }: GtfsTables, { line, patterns }: Route, id: string): string[] {
  if (!stops.has(id)) throw new FileProblems(`${gtfs}: stops.txt has no stop_id ${id}`);
  const served = new Set(patterns.flatMap(pattern => pattern.stops.map(stop => stop.id)));
  const platforms = [...served].filter(stop => stop === id || stops.get(stop)?.station === id);
  if (platforms.length === 0) throw new FileProblems(`${gtfs}: line ${line} does not stop at ${id}`);
  return platforms;
}
