/**
 * At which stop of its line the bus is: by its position, its doors, the stops that it has passed, and the crew's word.
 *
 * Where the direction is not known, as before the bus has passed a stop, it is the nearest platform. The fare then errs in the
 * passenger's favour: no way leads from a platform to a stop of the other direction, and such a ride costs the shortest one's.
 */
import {
  allWaysHere,
  isEnd,
  isStart,
  type OnWay,
  type Platforms,
  platformsAt,
  stopOn,
  waysHere,
} from './direction.ts';
import type { Route } from './fare/route.ts';
import { distanceM, nearestTo, type Position, type Stop, stopAt } from './stop.ts';

export interface LineStops {
  readonly stops: readonly Stop[];
  readonly route: Route | undefined;
}

/** What is known at one moment. */
export interface Seen {
  readonly position: Position | undefined;
  /** Undefined where nothing tells. */
  readonly doors: 'open' | 'closed' | undefined;
  /** Milliseconds on a clock that only goes forward. */
  readonly atMs: number;
}

export interface LinePlace {
  readonly stop: Stop | undefined;
  /** Where the bus has been, the newest last: where it is now, if it is at a stop. */
  readonly passed: readonly Platforms[];
  /** The nearest stop, whatever its direction. */
  readonly nearest: Stop | undefined;
  readonly sinceMs: number;
  /** The crew's word on the stop. */
  readonly crew: CrewStop | undefined;
  readonly doors: Doors;
}

export interface CrewStop {
  readonly id: string;
  /** What the position said when it was set, and the crew knew better. */
  readonly despite: Platforms;
  /** Where the bus had been before the crew said a word. */
  readonly passed: readonly Platforms[];
}

export interface Doors {
  readonly areOpen: boolean;
  /** They have been open at this stop, and closed again. */
  readonly haveClosed: boolean;
  /** Since when the bus has been far from where they opened: a contact that is stuck. */
  readonly awaySinceMs: number | undefined;
}

export const nowhere: LinePlace = {
  stop: undefined,
  passed: [],
  nearest: undefined,
  sinceMs: 0,
  crew: undefined,
  doors: { areOpen: false, haveClosed: false, awaySinceMs: undefined },
};

/** Passengers get off at a stop, and nowhere else: with open doors the stop may be so far away. */
const openReachM = 250;
/** No bus drives on with open doors for so long. */
const stuckMs = 60_000;
/** By then those who came have got off, and who gets on rides back. */
const turnMs = 90_000;
/** With the one where the bus is. */
const placesKept = 4;

/** @returns where the bus is, after this has been seen */
export function placeAfter(line: LineStops, before: LinePlace, seen: Seen): LinePlace {
  const doors = doorsAfter(before, seen);
  const nearest = nearestAfter(line, before, seen, doors);
  const heard = { ...before, doors, nearest };
  return crewStopAfter(line, heard) ?? { ...atPlatform(line, heard, seen), crew: undefined };
}

/** The crew says where the bus is. @param id a stop of the line */
export function placeByCrew(line: LineStops, before: LinePlace, id: string, atMs: number): LinePlace {
  const stop = line.stops.find(known => known.id === id);
  if (stop === undefined) return before;
  const here = platformsAt(line.stops, line.route, stop);
  const isKnown = before.passed.at(-1)?.includes(id) === true;
  const passed = isKnown ? before.passed : [...before.passed, here].slice(-placesKept);
  const despite =
    before.nearest === undefined || here.includes(before.nearest.id)
      ? []
      : platformsAt(line.stops, line.route, before.nearest);
  const crew = { id, despite, passed: before.crew?.passed ?? before.passed };
  return { ...before, stop, crew, passed, sinceMs: isKnown ? before.sinceMs : atMs };
}

/** The position says again where the bus is. Where it has contradicted the crew all along, nothing that they said counts. */
export function placeByPosition({ crew, nearest, ...before }: LinePlace): LinePlace {
  const isContradicted = nearest !== undefined && crew?.despite.includes(nearest.id) === true;
  return { ...before, nearest, crew: undefined, passed: isContradicted ? crew.passed : before.passed };
}

/** @returns the stop that comes after the one where the bus is or was last; undefined where that cannot be said */
export function nextStop({ stops, route }: LineStops, { stop, passed }: LinePlace): Stop | undefined {
  const here = stop === undefined ? passed.at(-1) : [stop.id];
  if (here === undefined) return undefined;
  if (route === undefined) return stops[stops.findIndex(({ id }) => here.includes(id)) + 1];
  const ways = waysHere(route, passed.slice(0, -1), here);
  const onward = [...ways, ...turnsAt(stops, route, here), ...allWaysHere(route, here)].find(
    way => !isEnd(way),
  );
  const next = onward?.pattern.stops[onward.index + 1]?.id;
  return stops.find(({ id }) => id === next);
}

/** @returns the last stop of the way that the bus goes; undefined where it is not known, or there are several */
export function headingFor({ stops, route }: LineStops, { stop, passed }: LinePlace): Stop | undefined {
  const here = stop === undefined ? passed.at(-1) : [stop.id];
  if (route === undefined || here === undefined) return undefined;
  const ways = waysHere(route, passed.slice(0, -1), here);
  const known = ways.length > 0 ? ways : allWaysHere(route, here);
  const [end, ...others] = new Set(known.map(({ pattern }) => pattern.stops.at(-1)?.id));
  return others.length > 0 ? undefined : stops.find(({ id }) => id === end);
}

/** Where ways begin, beside these stops. */
function turnsAt(stops: readonly Stop[], route: Route, here: Platforms): readonly OnWay[] {
  const around = stops.filter(({ id }) => here.includes(id)).flatMap(stop => platformsAt(stops, route, stop));
  return allWaysHere(route, around).filter(isStart);
}

function doorsAfter({ doors, nearest }: LinePlace, { doors: told, position, atMs }: Seen): Doors {
  if (told !== 'open')
    return { areOpen: false, haveClosed: doors.haveClosed || doors.areOpen, awaySinceMs: undefined };
  const isAway =
    doors.areOpen &&
    nearest !== undefined &&
    position !== undefined &&
    distanceM(nearest.position, position) > openReachM;
  return {
    areOpen: true,
    haveClosed: doors.haveClosed,
    awaySinceMs: isAway ? (doors.awaySinceMs ?? atMs) : undefined,
  };
}

function nearestAfter(
  { stops }: LineStops,
  { nearest, doors: { areOpen: wereOpen } }: LinePlace,
  { position, atMs }: Seen,
  { areOpen, awaySinceMs }: Doors,
): Stop | undefined {
  const isStuck = awaySinceMs !== undefined && atMs - awaySinceMs >= stuckMs;
  if (!areOpen || isStuck) return stopAt(stops, position, nearest);
  const openedAt =
    wereOpen || position === undefined ? stops.find(({ id }) => id === nearest?.id) : undefined;
  return openedAt ?? stopAt(stops, position, nearest) ?? nearestTo(stops, position, openReachM);
}

/** @returns undefined where the crew has set nothing, or the bus is clearly at another stop since */
function crewStopAfter(line: LineStops, heard: LinePlace): LinePlace | undefined {
  const { crew, nearest } = heard;
  const stop = line.stops.find(({ id }) => id === crew?.id);
  if (crew === undefined || stop === undefined) return undefined;
  if (nearest === undefined) return { ...heard, stop };
  if (crew.despite.includes(nearest.id)) return { ...heard, stop };
  const isThere = platformsAt(line.stops, line.route, stop).includes(nearest.id);
  return isThere ? { ...heard, stop, crew: { ...crew, despite: [] } } : undefined;
}

function atPlatform({ stops, route }: LineStops, heard: LinePlace, { position, atMs }: Seen): LinePlace {
  const { nearest, stop: before } = heard;
  if (nearest === undefined) return { ...heard, stop: undefined };
  if (route === undefined) return { ...heard, stop: nearest, passed: [[nearest.id]] };
  const place = arrivedAt(stops, route, heard, nearest, atMs);
  const platforms = platformsNow(route, place, atMs);
  const candidates = stops.filter(({ id }) => platforms.includes(id));
  const stop =
    stopAt(candidates, position, before) ?? candidates.find(({ id }) => id === before?.id) ?? candidates[0];
  return { ...place, stop };
}

/** The place is another one than before only if the nearest stop is none of its platforms. */
function arrivedAt(
  stops: readonly Stop[],
  route: Route,
  heard: LinePlace,
  nearest: Stop,
  atMs: number,
): LinePlace {
  if (heard.passed.at(-1)?.includes(nearest.id) === true) return heard;
  const passed = [...heard.passed, platformsAt(stops, route, nearest)].slice(-placesKept);
  return { ...heard, passed, sinceMs: atMs, doors: { ...heard.doors, haveClosed: false } };
}

/** Those that it can be: of the ways that lead here; at the end of a way, after a while, of those that begin here. */
function platformsNow(route: Route, { passed, sinceMs, doors }: LinePlace, atMs: number): Platforms {
  const here = passed.at(-1) ?? [];
  const all = allWaysHere(route, here);
  const known = waysHere(route, passed.slice(0, -1), here);
  const ways = known.length > 0 ? known : all;
  const onward = all.filter(way => !isEnd(way));
  const beginning = all.filter(isStart);
  const haveTurned = beginning.length > 0 && (doors.haveClosed || atMs - sinceMs >= turnMs);
  const chosen =
    known.length === 0 && onward.length > 0
      ? onward
      : ways.every(way => isEnd(way)) && haveTurned
        ? beginning
        : ways;
  return chosen.length > 0 ? chosen.map(stopOn) : here;
}
