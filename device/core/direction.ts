/** Which of two platforms it is, by the ways that buses go: from the stops that a bus has passed to those it is at. */
import type { Route, RoutePattern } from './fare/route.ts';
import { distanceM, type Stop } from './stop.ts';

/** Stops of which a bus is at one: a platform and the one opposite. By their ids. */
export type Platforms = readonly string[];

/** On one of the line's ways. */
export interface OnWay {
  readonly pattern: RoutePattern;
  readonly index: number;
}

/** Platforms lie opposite each other within this. */
const oppositeM = 100;
/** Where they have one name, they are a pair also up to here: on both sides of a crossing. */
const sameNameM = 250;

/** @returns the stop, and what lies opposite. Two stops that follow each other on a way are never a pair, however near */
export function platformsAt(stops: readonly Stop[], route: Route | undefined, at: Stop): Platforms {
  if (route === undefined) return [at.id];
  const isOpposite = (stop: Stop) => {
    const away = distanceM(stop.position, at.position);
    return away <= oppositeM || (away <= sameNameM && stop.name.zh === at.name.zh);
  };
  return stops
    .filter(stop => stop.id === at.id || (isOpposite(stop) && !areNeighbours(route, stop.id, at.id)))
    .map(({ id }) => id);
}

function areNeighbours({ patterns }: Route, a: string, b: string): boolean {
  return patterns.some(({ stops }) =>
    stops.some(({ id }, i) => {
      const next = stops[i + 1]?.id;
      return (id === a && next === b) || (id === b && next === a);
    }),
  );
}

/**
 * The bus goes the way on which it has skipped the fewest stops since one of the places it passed; of two such, since the newer place,
 * for it may have turned round. So a place that a receiver made up, or a stop that it missed, leads nobody astray.
 * @param passed the newest last
 * @returns where on its ways the bus is now; nothing where no way leads here from any of these places
 */
export function waysHere(
  { patterns }: Route,
  passed: readonly Platforms[],
  here: Platforms,
): readonly OnWay[] {
  let fewest = Number.POSITIVE_INFINITY;
  let found: OnWay[] = [];
  for (const place of passed.toReversed()) {
    const ways = patterns.flatMap(pattern => arrivals(pattern, place, here));
    const steps = Math.min(...ways.map(way => way.steps));
    if (steps >= fewest) continue;
    fewest = steps;
    found = ways.filter(way => way.steps === steps);
  }
  return found;
}

function arrivals(pattern: RoutePattern, from: Platforms, here: Platforms) {
  return pattern.stops.flatMap(({ id }, i) => {
    if (!from.includes(id)) return [];
    const index = pattern.stops.findIndex((stop, j) => j > i && here.includes(stop.id));
    return index < 0 ? [] : [{ pattern, index, steps: index - i }];
  });
}

/** Wherever these stops are on the line's ways. */
export function allWaysHere({ patterns }: Route, here: Platforms): readonly OnWay[] {
  return patterns.flatMap(pattern =>
    pattern.stops.flatMap(({ id }, index) => (here.includes(id) ? [{ pattern, index }] : [])),
  );
}

export function stopOn({ pattern, index }: OnWay): string {
  return pattern.stops[index]?.id ?? '';
}

export function isStart({ index }: OnWay): boolean {
  return index === 0;
}

export function isEnd({ pattern, index }: OnWay): boolean {
  return index === pattern.stops.length - 1;
}
