/**
 * What shape_dist_traveled is counted in. GTFS leaves the unit to the feed, so that the coordinates must tell: of the units in
 * use, the one by which the trips come out as long as their roads are.
 */

/** Metres in a kilometre, a metre, a mile, a foot. */
const unitsM = [1000, 1, 1609.344, 0.3048];
/** Distances that come out so much too long or too short, whatever the unit, are no distances. */
const mostWrong = 2;
/** From stop to stop as the crow flies is shorter than the road by about this. */
const detour = 1.2;

/** A trip by what its feed counts, and by its coordinates. */
export interface MeasuredTrip {
  readonly counted: number;
  readonly roadM: number;
  /** The road is its shape, not a line from stop to stop. */
  readonly byShape: boolean;
}

/** @returns metres in one, or undefined where what the trips count is no distance */
export function unitOf(trips: readonly MeasuredTrip[]): number | undefined {
  const sum = (of: (trip: MeasuredTrip) => number) => trips.reduce((total, trip) => total + of(trip), 0);
  const counted = sum(trip => trip.counted);
  const roadM = sum(trip => trip.roadM * (trip.byShape ? 1 : detour));
  if (counted <= 0 || roadM <= 0) return undefined;
  const wrong = (unitM: number) => Math.abs(Math.log((counted * unitM) / roadM));
  const best = unitsM.reduce((a, b) => (wrong(b) < wrong(a) ? b : a));
  return wrong(best) <= Math.log(mostWrong) ? best : undefined;
}
