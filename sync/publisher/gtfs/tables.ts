/** A GTFS feed, checked as a whole, and what of it is about the lines that are asked for. */
import type { Position } from '../../../device/core/stop.ts';
import { printable } from '../../../device/kit/printable.ts';
import { FileProblems } from '../../../device/kit/yaml-file.ts';
import { openGtfs } from './archive.ts';
import { type EnglishNames, readEnglishNames } from './english-names.ts';
import type { GtfsFile } from './fields.ts';
import { createGtfsProblems } from './problems.ts';
import { readRoutes } from './routes.ts';
import { readServices, type Services } from './services.ts';
import { readShapes } from './shapes.ts';
import { readStopTimes } from './stop-times.ts';
import { type GtfsStop, readStops } from './stops.ts';
import { type GtfsTrip, readTrips } from './trips.ts';

export interface GtfsTables {
  readonly stops: ReadonlyMap<string, GtfsStop>;
  /** Of the lines. */
  readonly trips: readonly GtfsTrip[];
  /** Of those trips: the points in their order. */
  readonly shapes: ReadonlyMap<string, readonly Position[]>;
  readonly services: Services;
  readonly english: EnglishNames;
}

const required: readonly GtfsFile[] = [
  'agency.txt',
  'routes.txt',
  'stops.txt',
  'trips.txt',
  'stop_times.txt',
];

/**
 * @param lines their route_short_name; all there are unless given
 * @throws FileProblems for a feed that cannot be used, naming file, line and field of each problem; for a line it does not have
 */
export async function readGtfs(path: string, ...lines: readonly string[]): Promise<GtfsTables> {
  const archive = await openGtfs(path);
  const problems = createGtfsProblems(path);
  try {
    for (const file of required) if (!archive.has(file)) problems.add(file, 1, 'the feed has no such file');
    problems.raise();
    const isKept = (route: string) => (lines.length === 0 ? route !== '' : lines.includes(route));
    const routes = await readRoutes(archive, problems);
    const stops = await readStops(archive, problems);
    const { trips, known } = await readTrips(archive, problems, routes, isKept);
    await readStopTimes(archive, problems, { stops, trips, known });
    const shapes = await readShapes(archive, problems, trips);
    const services = await readServices(archive, problems);
    const english = await readEnglishNames(archive, problems);
    problems.raise();
    const names = new Set(routes.values());
    for (const line of lines.filter(name => !names.has(name)))
      throw new FileProblems(printable(`${path}: routes.txt: no route has the route_short_name ${line}`));
    return { stops, trips: [...trips.values()], shapes, services, english };
  } finally {
    archive.close();
  }
}
