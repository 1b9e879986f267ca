/** stops.txt. */
import type { Position } from '../../../device/core/stop.ts';
import type { GtfsArchive } from './archive.ts';
import type { GtfsRow } from './fields.ts';
import type { GtfsProblems } from './problems.ts';
import { readGtfsRows } from './rows.ts';

export interface GtfsStop {
  /** Where in the file it stands. */
  readonly line: number;
  readonly name: string;
  /** Undefined where the feed may leave it out: no bus stops there. */
  readonly position: Position | undefined;
  /** The station that this is part of. */
  readonly station: string | undefined;
  /** Buses stop at platforms only, not at stations, entrances and the like. */
  readonly isPlatform: boolean;
}

/** location_type of what must have a name and a place: a platform, a station, an entrance. */
const placed = ['0', '1', '2'];

export async function readStops(
  archive: GtfsArchive,
  problems: GtfsProblems,
): Promise<Map<string, GtfsStop>> {
  const stops = new Map<string, GtfsStop>();
  await readGtfsRows(archive, 'stops.txt', problems, (row, line) => {
    if (stops.has(row.stop_id)) problems.add('stops.txt', line, 'stop_id: is there twice');
    for (const field of missingOf(row)) problems.add('stops.txt', line, `${field}: is missing`);
    stops.set(row.stop_id, stopOf(row, line));
  });
  for (const { station, line } of stops.values()) {
    if (station !== undefined && !stops.has(station))
      problems.add('stops.txt', line, `parent_station: there is no stop ${station}`);
  }
  return stops;
}

function missingOf(row: GtfsRow<'stops.txt'>): string[] {
  if (!placed.includes(row.location_type ?? '0')) return [];
  return (['stop_name', 'stop_lat', 'stop_lon'] as const).filter(field => row[field] === undefined);
}

function stopOf(row: GtfsRow<'stops.txt'>, line: number): GtfsStop {
  const { stop_name, stop_lat, stop_lon, location_type = '0', parent_station } = row;
  const isPlaced = stop_lat !== undefined && stop_lon !== undefined;
  return {
    line,
    name: stop_name ?? '',
    position: isPlaced ? { latitudeDeg: stop_lat, longitudeDeg: stop_lon } : undefined,
    station: parent_station,
    isPlatform: location_type === '0',
  };
}
