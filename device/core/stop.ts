/** Where the bus is → at which stop of its line. */
import type { Text } from './screen.ts';

/** WGS 84. */
export interface Position {
  readonly latitudeDeg: number;
  readonly longitudeDeg: number;
}

export interface Stop {
  /** Names it to the back office. */
  readonly id: string;
  readonly name: Text;
  readonly position: Position;
}

/** GTFS lets any text name a stop. This is what every screen, log, table and console of ours shows as it is. */
const stopId = /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u;

/** @param text 1 to 64 printable characters, without a space at either end */
export function isStopId(text: string): boolean {
  return stopId.test(text) && text.trim() === text;
}

/** @param words typed, with one space between them; an id may have spaces of any kind. @returns undefined for none of these stops */
export function stopAsTyped<S extends { readonly id: string }>(
  stops: readonly S[],
  words: readonly string[],
): S | undefined {
  const typed = words.join(' ');
  return stops.find(({ id }) => id === typed) ?? stops.find(({ id }) => id.replaceAll(/\s+/g, ' ') === typed);
}

/** A bus with its doors open stands within this of its stop: half a long platform, and a receiver's error between houses. */
const reachM = 100;
/** It has left when it is further away than this. */
const leaveM = 150;
/** Another stop takes over only if it is nearer by this much. */
const nearerByM = 30;

/**
 * @param position undefined if it is not known
 * @param before the stop until now: it stays until the bus is clearly away from it or nearer to another
 * @returns undefined between stops
 */
export function stopAt(
  stops: readonly Stop[],
  position: Position | undefined,
  before: Stop | undefined,
): Stop | undefined {
  if (position === undefined) return undefined;
  const nearest = nearestOf(stops, position);
  if (nearest === undefined) return undefined;
  const kept = stops.find(({ id }) => id === before?.id);
  const keptAway = kept === undefined ? Number.POSITIVE_INFINITY : distanceM(kept.position, position);
  if (keptAway <= leaveM && keptAway - nearest.away < nearerByM) return kept;
  return nearest.away <= reachM ? nearest.stop : undefined;
}

/** @returns the nearest stop, if it is within so many metres */
export function nearestTo(
  stops: readonly Stop[],
  position: Position | undefined,
  withinM: number,
): Stop | undefined {
  const nearest = position === undefined ? undefined : nearestOf(stops, position);
  return nearest !== undefined && nearest.away <= withinM ? nearest.stop : undefined;
}

function nearestOf(stops: readonly Stop[], position: Position): Candidate | undefined {
  return stops
    .map(stop => ({ stop, away: distanceM(stop.position, position) }))
    .reduce<Candidate | undefined>((best, next) => (best && best.away <= next.away ? best : next), undefined);
}

interface Candidate {
  readonly stop: Stop;
  readonly away: number;
}

const earthRadiusM = 6_371_008.8;

/** Along a great circle (haversine), metres. */
export function distanceM(a: Position, b: Position): number {
  const rad = Math.PI / 180;
  const half = (fromDeg: number, toDeg: number) => Math.sin(((toDeg - fromDeg) * rad) / 2) ** 2;
  const chord =
    half(a.latitudeDeg, b.latitudeDeg) +
    Math.cos(a.latitudeDeg * rad) * Math.cos(b.latitudeDeg * rad) * half(a.longitudeDeg, b.longitudeDeg);
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(chord)));
}
