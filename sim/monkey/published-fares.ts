/** What rides on line 38 of the made-up pilot feed cost: the announced fares, and the stops' places along the road. */

/** Metres from the first stop, 38-01; the way back is as long. */
const stopsAtM = [
  ...[0, 962, 2030, 3118, 4091, 5182, 6216, 7330, 8592, 9745, 11_099],
  ...[12_320, 13_526, 14_970, 16_476, 17_855, 19_417, 20_683, 22_306, 23_746, 25_381, 26_887],
];
/** Up to how many kilometres, and how many yuan. */
const announced = [
  [10, 2],
  [15, 3],
  [20, 4],
  [25, 5],
  [30, 6],
] as const;
const shortestFen = 200;

export const fareLine = '38';
export const fareStops: readonly string[] = stopsAtM.map((_, i) => `38-${String(i + 1).padStart(2, '0')}`);

/** @param on number of the stop, 0 where the bus did not know it. @param off its id. @returns fen, without any discount */
export function fullFareFen(on: number, off: string | undefined): number {
  const [from, to] = [stopsAtM[on - 1], stopsAtM[fareStops.indexOf(off ?? '')]];
  return from === undefined || to === undefined ? shortestFen : announcedFen(Math.abs(to - from));
}

/** Who does not tap off pays to the farther end. @param stop its id */
export function mostFen(stop: string | undefined): number {
  const at = stopsAtM[fareStops.indexOf(stop ?? '')];
  return at === undefined ? shortestFen : announcedFen(Math.max(at, Number(stopsAtM.at(-1)) - at));
}

function announcedFen(metres: number): number {
  const [, yuan = 0] = announced.find(([km]) => metres <= km * 1000) ?? [];
  return yuan * 100;
}
