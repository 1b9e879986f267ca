/** A line of a GTFS feed as the fare needs it. */
import type { Route, RoutePattern } from '../../../device/core/fare/route.ts';
import { unitOf } from './distance-unit.ts';
import { alongRoadM } from './road.ts';
import type { GtfsTables } from './tables.ts';
import type { GtfsTrip } from './trips.ts';

/**
 * @param at Unix milliseconds: of several timetables the one of this day counts. Where no trip runs on the day, or none is
 * given, all count: a bus that runs is in service, whatever the calendar says
 */
export function routeOf({ trips, stops, shapes, services }: GtfsTables, line: string, at?: number): Route {
  const ofLine = trips.filter(({ route }) => route === line);
  const ofDay = at === undefined ? [] : ofLine.filter(({ service }) => services.runs(service, at));
  const variants = distinct(ofDay.length > 0 ? ofDay : ofLine).map(trip => {
    const places = trip.stopTimes.flatMap(({ stop }) => stops.get(stop)?.position ?? []);
    const shape = trip.shape === undefined ? undefined : shapes.get(trip.shape);
    return { trip, roadM: alongRoadM(places, shape), byShape: shape !== undefined };
  });
  const unitM = unitOf(variants.flatMap(measured));
  return { line, patterns: variants.map(variant => patternOf(variant, unitM)) };
}

interface Variant {
  readonly trip: GtfsTrip;
  /** Of each stop, by the coordinates. */
  readonly roadM: readonly number[];
  readonly byShape: boolean;
}

/** A line's thousand trips take few ways: one trip of each. A trip of one stop goes nowhere. */
function distinct(trips: readonly GtfsTrip[]): GtfsTrip[] {
  const ways = trips
    .filter(({ stopTimes }) => stopTimes.length > 1)
    .map(trip => [keyOf(trip), trip] as const);
  return [...new Map(ways).values()];
}

function keyOf({ shape, stopTimes }: GtfsTrip): string {
  return JSON.stringify([shape, stopTimes.map(({ stop, distance }) => [stop, distance])]);
}

/** The way between the first and the last stop of which the feed counts the distance. */
function measured({ trip: { stopTimes }, roadM, byShape }: Variant) {
  const first = stopTimes.findIndex(({ distance }) => distance !== undefined);
  const last = stopTimes.findLastIndex(({ distance }) => distance !== undefined);
  if (first === last) return [];
  const counted = (stopTimes[last]?.distance ?? 0) - (stopTimes[first]?.distance ?? 0);
  return [{ counted, roadM: (roadM[last] ?? 0) - (roadM[first] ?? 0), byShape }];
}

function patternOf({ trip: { stopTimes }, roadM }: Variant, unitM: number | undefined): RoutePattern {
  const alongM = filledM(
    stopTimes.map(({ distance }) =>
      distance === undefined || unitM === undefined ? undefined : distance * unitM,
    ),
    roadM,
  );
  return { stops: stopTimes.map(({ stop: id }, i) => ({ id, alongM: alongM[i] ?? 0 })) };
}

/** Where the feed does not count, the road says how far it is from a stop of which it does. */
function filledM(countedM: readonly (number | undefined)[], roadM: readonly number[]): number[] {
  const known = countedM.flatMap((along, i) => (along === undefined ? [] : [{ along, road: roadM[i] ?? 0 }]));
  const filled = roadM.map((road, i) => countedM[i] ?? betweenM(known, road));
  const firstM = filled[0] ?? 0;
  return filled.map(along => toTheMm(along - firstM));
}

/** What a sum of kilometres, or a shape's geometry, says beyond it is arithmetic. */
function toTheMm(metres: number): number {
  return Math.round(metres * 1000) / 1000;
}

interface Known {
  readonly along: number;
  readonly road: number;
}

function betweenM(known: readonly Known[], road: number): number {
  const before = known.findLast(place => place.road <= road);
  const after = known.find(place => place.road > road);
  if (before === undefined || after === undefined) {
    const near = before ?? after;
    return near === undefined ? road : near.along + (road - near.road);
  }
  const part = (road - before.road) / (after.road - before.road);
  return before.along + part * (after.along - before.along);
}
