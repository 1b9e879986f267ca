/** stop_times.txt: by far the longest table of a feed. */
import type { GtfsArchive } from './archive.ts';
import type { GtfsProblems } from './problems.ts';
import { readGtfsRows } from './rows.ts';
import type { GtfsStop } from './stops.ts';
import type { GtfsStopTime, GtfsTrip } from './trips.ts';

interface Feed {
  readonly stops: ReadonlyMap<string, GtfsStop>;
  /** Those whose stop times are kept, by trip_id. */
  readonly trips: ReadonlyMap<string, GtfsTrip>;
  readonly known: ReadonlySet<string>;
}

const file = 'stop_times.txt';
/** 110 lines of 450 trips and 60 stops come to 3 million, which took 950 MB; Node's usual heap ends at 2 GB. */
const maxKept = 4_000_000;

/** Gives the trips their stop times. The rows of a trip may stand anywhere in the table, in any order. @param most of all trips */
export async function readStopTimes(
  archive: GtfsArchive,
  problems: GtfsProblems,
  { stops, trips, known }: Feed,
  most = maxKept,
): Promise<void> {
  let kept = 0;
  await readGtfsRows(archive, file, problems, (row, line) => {
    const stop = stops.get(row.stop_id);
    if (stop === undefined) problems.add(file, line, `stop_id: stops.txt has no ${row.stop_id}`);
    else if (!stop.isPlatform)
      problems.add(file, line, `stop_id: no bus stops at ${row.stop_id}: it is no platform`);
    if (!known.has(row.trip_id)) problems.add(file, line, `trip_id: trips.txt has no ${row.trip_id}`);
    const { stop_sequence: sequence, stop_id, shape_dist_traveled: distance } = row;
    const trip = trips.get(row.trip_id);
    if (trip === undefined) return;
    if (++kept > most) throw new Error(`more than ${most} stop times of the lines that are asked for`);
    trip.stopTimes.push({ sequence, stop: stop_id, distance, line });
  });
  for (const { stopTimes } of trips.values()) {
    stopTimes.sort((a, b) => a.sequence - b.sequence);
    checkOrder(stopTimes, problems);
  }
}

function checkOrder(stopTimes: readonly GtfsStopTime[], problems: GtfsProblems): void {
  let before = 0;
  let sequence: number | undefined;
  for (const time of stopTimes) {
    if (time.sequence === sequence)
      problems.add(file, time.line, `stop_sequence: is there twice in its trip`);
    sequence = time.sequence;
    if (time.distance === undefined) continue;
    if (time.distance < before)
      problems.add(file, time.line, 'shape_dist_traveled: is less than at the stop before');
    before = time.distance;
  }
}
