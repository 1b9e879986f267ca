/**
 * Finds finder patterns of QR symbols (ISO/IEC 18004): along every line through its middle, dark and light change in the
 * ratio 1 : 1 : 3 : 1 : 1.
 */
import { type DarkMap, darkRow, isDarkAt } from './dark-map.ts';

export interface FinderPattern {
  readonly x: number;
  readonly y: number;
  /** Pixels to a module, along rows and columns. */
  readonly module: number;
}

interface Cluster {
  x: number;
  y: number;
  module: number;
  /** Rows that have found it. */
  rows: number;
}

const rowStep = 3;
/** More are noise: the best count. */
const mostPatterns = 12;

export function findFinderPatterns(map: DarkMap): FinderPattern[] {
  const clusters: Cluster[] = [];
  const row = new Uint8Array(map.width);
  for (let y = 1; y < map.height; y += rowStep) {
    darkRow(map, y, row);
    forEachPatternIn(row, (x, module) => {
      const found = confirmed(map, Math.floor(x), y, module);
      if (found) cluster(clusters, found);
    });
  }
  return clusters.sort((a, b) => b.rows / b.module - a.rows / a.module).slice(0, mostPatterns);
}

function forEachPatternIn(row: Uint8Array, hit: (x: number, module: number) => void): void {
  // The last five runs of one shade, and where the present one began.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let e = 0;
  let start = 0;
  for (let x = 1; x <= row.length; x++) {
    if (row[x] === row[x - 1]) continue;
    a = b;
    b = c;
    c = d;
    d = e;
    e = x - start;
    start = x;
    const module = row[x - 1] === 1 ? moduleOf(a, b, c, d, e) : undefined;
    if (module !== undefined) hit(x - e - d - c / 2, module);
  }
}

/** @returns the size of a module, if the runs are in the ratio of a finder pattern */
function moduleOf(a: number, b: number, c: number, d: number, e: number): number | undefined {
  const module = (a + b + c + d + e) / 7;
  if (a === 0 || module < 1) return undefined;
  const tolerance = Math.max(0.6 * module, 0.9);
  if (Math.abs(c - 3 * module) >= 2 * tolerance || Math.abs(a - module) >= tolerance) return undefined;
  if (Math.abs(b - module) >= tolerance || Math.abs(d - module) >= tolerance) return undefined;
  return Math.abs(e - module) < tolerance ? module : undefined;
}

/** A pattern in a row must be one in the column through its middle too, and then again in the row through that one's. */
function confirmed(map: DarkMap, x: number, y: number, module: number): FinderPattern | undefined {
  const down = crossing(map, x, y, [0, 1], module);
  if (down === undefined || down.module > 2 * module || module > 2 * down.module) return undefined;
  const middle = y + down.off + 0.5;
  const across = crossing(map, x, Math.floor(middle), [1, 0], module);
  if (across === undefined) return undefined;
  return { x: x + across.off + 0.5, y: middle, module: (down.module + across.module) / 2 };
}

/** @returns how far from x, y the middle of the pattern is along the line */
function crossing(map: DarkMap, x: number, y: number, [dx, dy]: readonly [number, number], module: number) {
  const most = 6 * module + 4;
  const runsTo = (sign: 1 | -1): [number, number, number] => {
    const runs: [number, number, number] = [0, 0, 0];
    let at = 0;
    for (const i of [0, 1, 2] as const) {
      const isDark = i !== 1;
      const limit = at + most;
      const from = at;
      while (at < limit && isDarkAt(map, x + sign * at * dx, y + sign * at * dy) === isDark) at++;
      runs[i] = at - from;
    }
    return runs;
  };
  const [core, light, ring] = runsTo(1);
  const [coreBefore, lightBefore, ringBefore] = runsTo(-1);
  const size = moduleOf(ringBefore, lightBefore, core + coreBefore - 1, light, ring);
  return size === undefined ? undefined : { off: (core - coreBefore) / 2, module: size };
}

function cluster(clusters: Cluster[], { x, y, module }: FinderPattern): void {
  const near = clusters.find(each => Math.hypot(each.x - x, each.y - y) < 2 * module);
  if (near === undefined) {
    clusters.push({ x, y, module, rows: 1 });
    return;
  }
  near.rows++;
  near.x += (x - near.x) / near.rows;
  near.y += (y - near.y) / near.rows;
  near.module += (module - near.module) / near.rows;
}
