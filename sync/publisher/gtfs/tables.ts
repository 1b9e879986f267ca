/** A GTFS feed, checked as a whole, and what of it is about the line that is asked for. */
import type { Position } from '../../../device/core/stop.ts';
import { FileProblems } from '../../../device/kit/yaml-file.ts';
import { openGtfs } from './archive.ts';
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
  /** Of the line. */
  readonly trips: readonly GtfsTrip[];
  /** Of those trips: the points in their order. */
  readonly shapes: ReadonlyMap<string, readonly Position[]>;
  readonly services: Services;
}

const required: readonly GtfsFile[] = [
  'agency.txt',
  'routes.txt',
  'stops.txt',
  'trips.txt',
  'stop_times.txt',
];

/**
 * @param line its route_short_name
 * @throws FileProblems for a feed that cannot be used, naming file, line and field of each problem; for a line it does not have
 */
export async function readGtfs(path: string, line: string): Promise<GtfsTables> {
  const archive = await openGtfs(path);
  const problems = createGtfsProblems(path);
  try {
    for (const file of required) if (!archive.has(file)) problems.add(file, 1, 'the feed has no such file');
    problems.raise();
    const routes = await readRoutes(archive, problems);
    const stops = await readStops(archive, problems);
    const { trips, known } = await readTrips(archive, problems, routes, line);
    await readStopTimes(archive, problems, { stops, trips, known });
    const shapes = await readShapes(archive, problems, trips);
    const services = await readServices(archive, problems);
    problems.raise();
    if (![...routes.values()].includes(line))
      throw new FileProblems(`${path}: routes.txt: no route has the route_short_name ${line}`);
    return { stops, trips: [...trips.values()], shapes, services };
  } finally {
    archive.close();
  }
}
