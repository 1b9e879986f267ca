/** Places a position on the line's diagram, whose stops stand at even distances. */
import type { StopState } from '../protocol.ts';

interface Place {
  readonly lat: number;
  readonly lon: number;
}

/** @returns 0 at the first stop, 1 at the second, 1.5 half-way to the third; on the nearest leg */
export function placeOnLine(stops: readonly StopState[], place: Place): number {
  let best = { at: 0, distance: Number.POSITIVE_INFINITY };
  stops.forEach((from, index) => {
    const part = partOfLeg(from, stops[index + 1] ?? from, place);
    const distance = squareDistance(mix(from, stops[index + 1] ?? from, part), place);
    if (distance < best.distance) best = { at: index + part, distance };
  });
  return best.at;
}

function partOfLeg(from: Place, to: Place, place: Place): number {
  const length = squareDistance(from, to);
  if (length === 0) return 0;
  const east = lonScale(from);
  const along =
    (place.lat - from.lat) * (to.lat - from.lat) + (place.lon - from.lon) * (to.lon - from.lon) * east * east;
  return Math.min(1, Math.max(0, along / length));
}

function squareDistance(a: Place, b: Place): number {
  return (a.lat - b.lat) ** 2 + ((a.lon - b.lon) * lonScale(a)) ** 2;
}

/** A degree of longitude is shorter than one of latitude. */
function lonScale({ lat }: Place): number {
  return Math.cos((lat * Math.PI) / 180);
}

function mix(a: Place, b: Place, part: number): Place {
  return { lat: a.lat + (b.lat - a.lat) * part, lon: a.lon + (b.lon - a.lon) * part };
}
