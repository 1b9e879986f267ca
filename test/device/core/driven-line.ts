/** A line of the pilot's, and a bus that drives on it: what is said of its place, metre by metre. */
import type { Route } from '../../../device/core/fare/route.ts';
import {
  type LinePlace,
  type LineStops,
  nowhere,
  placeAfter,
  type Seen,
} from '../../../device/core/line-place.ts';
import type { Position, Stop } from '../../../device/core/stop.ts';
import { along } from '../../../sim/wires/gnss-receiver.ts';
import { routeOf } from '../../../sync/publisher/gtfs/measure-route.ts';
import { readGtfs } from '../../../sync/publisher/gtfs/tables.ts';
import { pilotFolder } from '../../sync/publisher/gtfs/made-up-feed.ts';

export const pilotLines = ['2', '6', '10', '14', '15', '17', '19', '20', '24', '38'] as const;

const metreDeg = 1 / 111_195;

/** The pilot's feed has one stop for both directions. Here each has a platform, 15 m to the right of the road and 10 m on. */
export interface TwoSided extends LineStops {
  readonly route: Route;
  /** The platforms in the order of travel, out and back. */
  readonly out: readonly Stop[];
  readonly back: readonly Stop[];
}

export async function twoSided(line: string): Promise<TwoSided> {
  const tables = await readGtfs(pilotFolder, line);
  const { patterns } = routeOf(tables, line);
  const [there, home] = patterns;
  if (there === undefined || home === undefined) throw new Error(`${line} has one direction`);
  const placeOf = (id: string): Position => {
    const position = tables.stops.get(id)?.position;
    if (position === undefined) throw new Error(`no place: ${id}`);
    return position;
  };
  const sided = (stops: readonly { readonly id: string }[], end: string) =>
    stops.map(({ id }, i): Stop => {
      const [from, to] = [
        stops[Math.max(0, i - 1)]?.id ?? id,
        stops[Math.min(stops.length - 1, i + 1)]?.id ?? id,
      ];
      return {
        id: `${id}${end}`,
        name: { zh: id, en: id },
        position: besides(placeOf(id), placeOf(from), placeOf(to)),
      };
    });
  const [out, back] = [sided(there.stops, ''), sided(home.stops, 'b')];
  const renamed = ({ stops }: (typeof patterns)[number], sides: readonly Stop[]) => ({
    stops: stops.map((stop, i) => ({ ...stop, id: sides[i]?.id ?? '' })),
  });
  return {
    stops: [...out, ...back],
    route: { line, patterns: [renamed(there, out), renamed(home, back)] },
    out,
    back,
  };
}

function besides(at: Position, from: Position, to: Position): Position {
  const lonScale = Math.cos((at.latitudeDeg * Math.PI) / 180);
  const north = to.latitudeDeg - from.latitudeDeg;
  const east = (to.longitudeDeg - from.longitudeDeg) * lonScale;
  const length = Math.hypot(north, east);
  const [n, e] = [north / length, east / length];
  const metres = (onwards: number, right: number, forward: number, side: number) =>
    (onwards * forward + right * side) * metreDeg;
  return {
    latitudeDeg: at.latitudeDeg + metres(10, 15, n, -e),
    longitudeDeg: at.longitudeDeg + metres(10, 15, e, n) / lonScale,
  };
}

export function moved({ latitudeDeg, longitudeDeg }: Position, northM: number, eastM: number): Position {
  return { latitudeDeg: latitudeDeg + northM * metreDeg, longitudeDeg: longitudeDeg + eastM * metreDeg };
}

export function createBus(line: LineStops) {
  let place: LinePlace = nowhere;
  let atMs = 0;
  let doors: Seen['doors'];
  const bus = {
    get place() {
      return place;
    },
    set(next: LinePlace) {
      place = next;
    },
    get atMs() {
      return atMs;
    },
    doors(next: Seen['doors']) {
      doors = next;
    },
    /** @returns the stop's id */
    sees(position: Position | undefined, forMs = 1000): string | undefined {
      atMs += forMs;
      place = placeAfter(line, place, { position, doors, atMs });
      return place.stop?.id;
    },
    /**
     * From stop to stop at 10 m a second.
     * @param jitter what the receiver adds, metres to the north and to the east
     * @returns what it said at each stop, and between them where that was another
     */
    drives(
      stops: readonly Stop[],
      jitter: () => readonly [number, number] = () => [0, 0],
    ): (string | undefined)[] {
      const path = stops.map(({ position }) => position);
      const told: (string | undefined)[] = [];
      for (const [i, to] of path.entries()) {
        const from = path[Math.max(0, i - 1)] ?? to;
        for (let metres = 10; ; metres += 10) {
          const at = along([from, to], metres);
          const said = bus.sees(moved(at, ...jitter()));
          if (said !== undefined && said !== told.at(-1)) told.push(said);
          if (at === to) break;
        }
      }
      return told;
    },
  };
  return bus;
}
