/** How far a trip's stops are along the road: along its shape where the feed has one, else from stop to stop as the crow flies. */
import { distanceM, type Position } from '../../../device/core/stop.ts';

/** A stop further from the shape than this does not lie on it: then the shape says nothing of the trip. */
const offRoadM = 1000;
/** Of the places where a road passes a stop, so many are looked at: a bus passes few stops more than twice. */
const maxPlaces = 20;

/** @returns metres from the first stop, one for each stop, never falling */
export function alongRoadM(stops: readonly Position[], shape: readonly Position[] = []): number[] {
  const onShape = shape.length < 2 ? undefined : alongShapeM(stops, shape);
  return onShape ?? alongStopsM(stops);
}

/** @returns metres from the first point */
export function alongStopsM(points: readonly Position[]): number[] {
  let sum = 0;
  return points.map((point, i) => {
    const before = points[i - 1];
    sum += before === undefined ? 0 : distanceM(before, point);
    return sum;
  });
}

/** Where the road passes a stop. */
interface Place {
  readonly alongM: number;
  readonly awayM: number;
}

/**
 * A road may pass a stop twice. So each stop takes the place that, with those of all others, is nearest in all and never goes
 * back: the cheapest way through the stops' places, by the squares of how far they are away.
 * @returns undefined where the stops do not lie on the shape in their order
 */
function alongShapeM(stops: readonly Position[], shape: readonly Position[]): number[] | undefined {
  const lengths = alongStopsM(shape);
  let ways: { readonly alongM: number[]; readonly cost: number }[] = [{ alongM: [], cost: 0 }];
  for (const stop of stops) {
    const places = placesOf(stop, shape, lengths);
    ways = places.flatMap(({ alongM, awayM }) => {
      const reachable = ways.filter(way => (way.alongM.at(-1) ?? 0) <= alongM);
      if (reachable.length === 0) return [];
      const best = reachable.reduce((a, b) => (b.cost < a.cost ? b : a));
      return [{ alongM: [...best.alongM, alongM], cost: best.cost + awayM ** 2 }];
    });
  }
  if (ways.length === 0) return undefined;
  const { alongM } = ways.reduce((a, b) => (b.cost < a.cost ? b : a));
  const firstM = alongM[0] ?? 0;
  return alongM.map(along => along - firstM);
}

/** Each of the road's nearest points to a stop, the nearest first and no more than can matter. */
function placesOf(stop: Position, shape: readonly Position[], lengths: readonly number[]): Place[] {
  const nearest = shape.slice(1).map((to, i) => nearestOn(stop, shape[i] ?? to, to, lengths[i] ?? 0));
  return nearest
    .filter(({ awayM }, i) => {
      const [before, after] = [nearest[i - 1]?.awayM ?? Infinity, nearest[i + 1]?.awayM ?? Infinity];
      return awayM <= offRoadM && awayM < before && awayM <= after;
    })
    .sort((a, b) => a.awayM - b.awayM)
    .slice(0, maxPlaces);
}

/** On so short a way the earth is flat. */
function nearestOn(stop: Position, from: Position, to: Position, startM: number): Place {
  const scale = Math.cos((stop.latitudeDeg * Math.PI) / 180);
  const flat = ({ latitudeDeg, longitudeDeg }: Position) => ({
    x: (longitudeDeg - from.longitudeDeg) * scale,
    y: latitudeDeg - from.latitudeDeg,
  });
  const [end, point] = [flat(to), flat(stop)];
  const square = end.x ** 2 + end.y ** 2;
  const part = square === 0 ? 0 : Math.min(1, Math.max(0, (point.x * end.x + point.y * end.y) / square));
  const foot = {
    latitudeDeg: from.latitudeDeg + part * (to.latitudeDeg - from.latitudeDeg),
    longitudeDeg: from.longitudeDeg + part * (to.longitudeDeg - from.longitudeDeg),
  };
  return { alongM: startM + part * distanceM(from, to), awayM: distanceM(foot, stop) };
}
