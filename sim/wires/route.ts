/** A way over ground, point by point. */
import { distanceM, type Position } from '../../device/core/stop.ts';

/**
 * Where one is after so many metres; at the last point when that is further than the route.
 * @throws RangeError for a route without a point
 */
export function along(route: readonly Position[], metres: number): Position {
  let left = metres;
  let from = route[0];
  if (from === undefined) throw new RangeError('a route without a point');
  for (const to of route.slice(1)) {
    const leg = distanceM(from, to);
    if (left < leg) return between(from, to, left / leg);
    left -= leg;
    from = to;
  }
  return from;
}

/** Straight in degrees: over the few hundred metres between two stops that is the way. */
function between(a: Position, b: Position, part: number): Position {
  const mix = (x: number, y: number) => x + (y - x) * part;
  return {
    latitudeDeg: mix(a.latitudeDeg, b.latitudeDeg),
    longitudeDeg: mix(a.longitudeDeg, b.longitudeDeg),
  };
}
