/** trips.txt. */
import type { GtfsArchive } from './archive.ts';
import type { GtfsProblems } from './problems.ts';
import { readGtfsRows } from './rows.ts';

export interface GtfsStopTime {
  readonly sequence: number;
  readonly stop: string;
  /** shape_dist_traveled, in the feed's own unit; it need not begin at 0. */
  readonly distance: number | undefined;
  /** Where in the file it stands. */
  readonly line: number;
}

/** 1,000 lines of 450 trips; with as many stop times as may be kept they come to some 2 GB. */
const maxKept = 500_000;

export interface GtfsTrip {
  /** route_short_name */
  readonly route: string;
  readonly service: string;
  readonly shape: string | undefined;
  /** In the order of travel. */
  readonly stopTimes: GtfsStopTime[];
}

/**
 * @param routes route_short_name by route_id
 * @param isKept of which route_short_name the trips are kept
 * @returns those trips by trip_id, still without their stop times, and each trip_id there is
 */
export async function readTrips(
  archive: GtfsArchive,
  problems: GtfsProblems,
  routes: ReadonlyMap<string, string>,
  isKept: (route: string) => boolean,
): Promise<{ trips: Map<string, GtfsTrip>; known: Set<string> }> {
  const trips = new Map<string, GtfsTrip>();
  const known = new Set<string>();
  await readGtfsRows(archive, 'trips.txt', problems, (row, at) => {
    if (known.has(row.trip_id)) problems.add('trips.txt', at, 'trip_id: is there twice');
    known.add(row.trip_id);
    const name = routes.get(row.route_id);
    if (name === undefined) problems.add('trips.txt', at, `route_id: routes.txt has no ${row.route_id}`);
    if (row.shape_id !== undefined && !archive.has('shapes.txt'))
      problems.add('trips.txt', at, 'shape_id: the feed has no shapes.txt');
    if (name === undefined || !isKept(name)) return;
    const { service_id: service, shape_id: shape } = row;
    if (trips.size >= maxKept) throw new Error(`more than ${maxKept} trips of the lines that are asked for`);
    trips.set(row.trip_id, { route: name, service, shape, stopTimes: [] });
  });
  return { trips, known };
}
