/**
 * Mends a picture of a code of which one finder pattern is hurt: a fingertip, a pen, a crack. Without all three no engine finds
 * the symbol, though its error correction could restore far more than is covered.
 *
 * Two finder patterns tell where the third must be, in a few ways. It is looked for near each such place by comparison with a
 * whole one, and a whole one is painted there. What comes out is read by the engine as every other picture, with all its checks.
 */
import { type DarkMap, darkMapOf, isDarkAt } from './dark-map.ts';
import type { GreyFrame } from './engine.ts';
import { type FinderPattern, findFinderPatterns } from './finder-patterns.ts';

type Vector = readonly [x: number, y: number];

/** A finder pattern's middle, and the steps of one module along its two sides. */
interface Placed {
  readonly middle: Vector;
  readonly u: Vector;
  readonly v: Vector;
}

/** Where the third may be, and the symbol's centre if it is. */
interface Place {
  readonly middle: Vector;
  readonly centre: Vector;
}

/** How well a pattern fits there. */
interface Fitting extends Placed {
  readonly fit: number;
}

/** A third pattern, and how well all three fit. */
interface Guess extends Fitting {
  /** The middles of the two that were found. */
  readonly found: readonly Vector[];
  /** Whether it is hardly hurt: then other guesses are wrong. */
  readonly isWhole: boolean;
}

/** Each costs a search of the whole picture. */
const mostGuesses = 2;

/**
 * @returns the picture mended in the likeliest ways, the best first; the picture itself where there are no two finder patterns of a
 * symbol
 */
export function* mended(frame: GreyFrame): Generator<GreyFrame> {
  const map = darkMapOf(frame);
  const [best, ...others] = guessesOf(map, findFinderPatterns(map)).sort((a, b) => b.fit - a.fit);
  yield best === undefined ? frame : painted(frame, best);
  if (best === undefined || best.isWhole) return;
  for (const guess of others.slice(0, mostGuesses - 1)) yield painted(frame, guess);
}

function guessesOf(map: DarkMap, patterns: readonly FinderPattern[]): Guess[] {
  return patterns.flatMap((one, i) => patterns.slice(i + 1).flatMap(other => guessesFrom(map, one, other)));
}

/** Modules between two finder patterns' middles: 14 in the smallest symbol, 170 in the largest, along the diagonal 240. */
const leastApart = 12;
const mostApart = 240;

function guessesFrom(map: DarkMap, one: FinderPattern, other: FinderPattern): Guess[] {
  const module = (one.module + other.module) / 2;
  const [dx, dy] = [other.x - one.x, other.y - one.y];
  const apart = Math.hypot(dx, dy) / module;
  if (Math.abs(one.module - other.module) > 0.35 * module || apart < leastApart || apart > mostApart)
    return [];
  const [mx, my] = [(one.x + other.x) / 2, (one.y + other.y) / 2];
  const side = Math.atan2(dy, dx);
  const guess = (angle: number, places: readonly Place[]) => {
    const steps = stepsAt(angle, module);
    const found = [one, other].map(({ x, y }): Vector => [x, y]);
    const fits = found.map(middle => fitOf(map, { middle, ...steps }));
    if (Math.min(...fits) < leastFit) return [];
    const sum = fits.reduce((a, b) => a + b);
    return places.map(({ middle, centre }) => {
      const at = nearby(map, { middle, ...steps }, apart);
      const fit = at.fit + sum + busyness(map, centre, steps.u, apart);
      return { ...at, fit, found, isWhole: at.fit >= leastFit };
    });
  };
  // Along a side of the symbol, its centre is away from both; along the diagonal it is between them.
  const onSide = (sign: 1 | -1): Place[] => {
    const centre: Vector = [mx - (sign * dy) / 2, my + (sign * dx) / 2];
    return [one, other].map(({ x, y }) => ({ middle: [x - sign * dy, y + sign * dx], centre }));
  };
  const onDiagonal = (sign: 1 | -1): Place => ({
    middle: [mx - (sign * dy) / 2, my + (sign * dx) / 2],
    centre: [mx, my],
  });
  return [
    ...guess(side, [...onSide(1), ...onSide(-1)]),
    ...guess(side + Math.PI / 4, [onDiagonal(1), onDiagonal(-1)]),
  ];
}

/** At random every second module is of another shade than the one before it. */
const changesPerModule = 0.35;
const mostBusyness = 0.3;

/** How often light and dark change about the centre, from 0 to `mostBusyness`: the other side of two patterns is no code. */
function busyness(map: DarkMap, [x, y]: Vector, u: Vector, apart: number): number {
  const reach = apart / 4;
  let changes = 0;
  let before = isDarkAt(map, Math.floor(x - reach * u[0]), Math.floor(y - reach * u[1]));
  for (let a = -reach; a <= reach; a += 0.5) {
    const now = isDarkAt(map, Math.floor(x + a * u[0]), Math.floor(y + a * u[1]));
    if (now !== before) changes++;
    before = now;
  }
  return mostBusyness * Math.min(1, changes / (changesPerModule * 2 * reach));
}

/** @param module as rows and columns cross it: the more the pattern is turned, the longer they run */
function stepsAt(angle: number, module: number): Pick<Placed, 'u' | 'v'> {
  const turned = Math.abs(angle) % (Math.PI / 2);
  const step = module * Math.cos(Math.min(turned, Math.PI / 2 - turned));
  const [x, y] = [step * Math.cos(angle), step * Math.sin(angle)];
  return { u: [x, y], v: [-y, x] };
}

/** A pattern that is whole fits at least so well. */
const leastFit = 0.82;
/** A hurt pattern fits at least so well; below this nothing is left of it to be seen. */
const leastHurtFit = 0.7;

/** Where the hurt pattern fits best: the guess is off by more, the further it is away. By whole modules first, then by halves. */
function nearby(map: DarkMap, place: Placed, apart: number): Fitting {
  const reach = Math.round(Math.max(3, Math.min(6, apart / 10)));
  const roughly = bestAround(map, { ...place, fit: 0 }, reach, 1, place);
  const best = bestAround(map, roughly, 0.5, 0.5, place);
  return best.fit < leastHurtFit ? { ...place, fit: best.fit } : best;
}

/** @param place a pattern far from it must fit better than one near it */
function bestAround(map: DarkMap, start: Fitting, reach: number, step: number, place: Placed): Fitting {
  const { middle, u, v } = start;
  const module = Math.hypot(u[0], u[1]);
  let best = start;
  for (let b = -reach; b <= reach; b += step) {
    for (let a = -reach; a <= reach; a += step) {
      const at: Placed = { middle: [middle[0] + a * u[0] + b * v[0], middle[1] + a * u[1] + b * v[1]], u, v };
      const off = Math.hypot(at.middle[0] - place.middle[0], at.middle[1] - place.middle[1]) / module;
      const fit = fitOf(map, at) - 0.01 * off;
      if (fit > best.fit) best = { ...at, fit };
    }
  }
  return best;
}

/** A dark core of 3 × 3 modules, light around it, a dark ring, light around that. */
function isDarkRing(away: number): boolean {
  return away < 1.5 || (away >= 2.5 && away < 3.5);
}

const half = 4;
const pattern = Array.from({ length: (2 * half + 1) ** 2 }, (_, i) => {
  const [a, b] = [(i % (2 * half + 1)) - half, Math.floor(i / (2 * half + 1)) - half];
  return { a, b, isDark: isDarkRing(Math.max(Math.abs(a), Math.abs(b))) };
});

/** The part of the pattern's modules, and those around it, that are as they should be. */
function fitOf(map: DarkMap, { middle: [x, y], u, v }: Placed): number {
  let right = 0;
  for (const { a, b, isDark } of pattern) {
    const px = Math.floor(x + a * u[0] + b * v[0]);
    const py = Math.floor(y + a * u[1] + b * v[1]);
    if (isDarkAt(map, px, py) === isDark) right++;
  }
  return right / pattern.length;
}

/** All three: an engine may be stricter than we are with those that are there. */
function painted({ width, height, grey }: GreyFrame, guess: Guess): GreyFrame {
  const to = { width, height, grey: Uint8Array.from(grey) };
  for (const middle of [...guess.found, guess.middle]) paint(to, { ...guess, middle });
  return to;
}

function paint({ width, height, grey }: GreyFrame, { middle: [x, y], u, v }: Placed): void {
  const edge = half + 0.5;
  const [wide, high] = [edge * (Math.abs(u[0]) + Math.abs(v[0])), edge * (Math.abs(u[1]) + Math.abs(v[1]))];
  const area = u[0] * v[1] - u[1] * v[0];
  for (let py = Math.max(0, Math.floor(y - high)); py <= Math.min(height - 1, y + high); py++) {
    for (let px = Math.max(0, Math.floor(x - wide)); px <= Math.min(width - 1, x + wide); px++) {
      const [dx, dy] = [px + 0.5 - x, py + 0.5 - y];
      const away = Math.max(Math.abs(dx * v[1] - dy * v[0]), Math.abs(dy * u[0] - dx * u[1])) / area;
      if (away < edge) grey[py * width + px] = isDarkRing(away) ? 0 : 255;
    }
  }
}
