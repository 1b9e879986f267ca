/** A line as the fare sees it: the ways its buses go, and how far it is from stop to stop. */

/** One way a line's buses go: a direction, or a variant of one. A stop may be on it twice, as on a loop. */
export interface RoutePattern {
  /** In the order of travel. */
  readonly stops: readonly RouteStop[];
}

export interface RouteStop {
  readonly id: string;
  /** Metres from the pattern's first stop, along the road; never less than at the stop before. */
  readonly alongM: number;
}

export interface Route {
  readonly line: string;
  readonly patterns: readonly RoutePattern[];
}

export interface Way {
  readonly distanceM: number;
  /** No bus of the line goes this way: the distance is that of the way back. */
  readonly backwards: boolean;
}

/** @returns the shortest of the line's ways between two of its stops; undefined where one of them is no stop of the line */
export function wayBetween({ patterns }: Route, from: string, to: string): Way | undefined {
  if (from === to) return hasStop(patterns, from) ? { distanceM: 0, backwards: false } : undefined;
  const there = shortestM(patterns, from, to);
  if (there !== undefined) return { distanceM: there, backwards: false };
  const back = shortestM(patterns, to, from);
  if (back !== undefined) return { distanceM: back, backwards: true };
  // Both are stops of the line, on patterns that share nothing: nobody can have ridden from one to the other.
  return hasStop(patterns, from) && hasStop(patterns, to) ? { distanceM: 0, backwards: true } : undefined;
}

/** @returns metres from a stop to the farther end of the line; undefined where it is no stop of the line */
export function toFartherEndM({ patterns }: Route, from: string): number | undefined {
  const distances = patterns.flatMap(({ stops }) => {
    const lengthM = stops.at(-1)?.alongM ?? 0;
    return stops.filter(({ id }) => id === from).map(({ alongM }) => Math.max(alongM, lengthM - alongM));
  });
  return distances.length === 0 ? undefined : Math.max(...distances);
}

/** @returns the length of the line's longest way, metres */
export function longestM({ patterns }: Route): number {
  return Math.max(0, ...patterns.map(({ stops }) => stops.at(-1)?.alongM ?? 0));
}

function hasStop(patterns: readonly RoutePattern[], id: string): boolean {
  return patterns.some(({ stops }) => stops.some(stop => stop.id === id));
}

function shortestM(patterns: readonly RoutePattern[], from: string, to: string): number | undefined {
  const distances = patterns.flatMap(({ stops }) =>
    stops.flatMap((stop, index) => {
      if (stop.id !== from) return [];
      const next = stops.slice(index + 1).find(({ id }) => id === to);
      return next === undefined ? [] : [next.alongM - stop.alongM];
    }),
  );
  return distances.length === 0 ? undefined : Math.min(...distances);
}
