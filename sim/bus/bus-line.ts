/** The line that a bus is on, of a GTFS feed. */
import { distanceM } from '../../device/core/stop.ts';
import { readGtfsLines } from '../../sync/publisher/gtfs/published-lines.ts';
import { type BusLine, type LineStop, placeOf } from './line-stops.ts';

/** The platforms of a terminus are within it. */
const endM = 300;

/** @param gtfs a zip file or a folder. @throws FileProblems for a feed that cannot be used, or has no such line */
export async function readBusLine(gtfs: string, line: string): Promise<BusLine> {
  const [{ stops, ways = [] } = { stops: [] }] = await readGtfsLines(gtfs, [line]);
  const byId = new Map(stops.map(stop => [stop.id, stop]));
  const passed = (way: { readonly stops: readonly string[] }) => way.stops.flatMap(id => byId.get(id) ?? []);
  const [first, ...others] = ways.map(passed);
  const there = first ?? stops;
  const isAtEnd = ([stop]: readonly LineStop[]) => {
    const end = there.at(-1);
    return stop !== undefined && end !== undefined && distanceM(placeOf(stop), placeOf(end)) < endM;
  };
  return { stops, there, back: others.find(isAtEnd) ?? there.toReversed() };
}
