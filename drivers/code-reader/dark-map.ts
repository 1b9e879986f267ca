/** Which pixels of a picture are dark, each judged by the light around it. */
import type { GreyFrame } from './engine.ts';

export interface DarkMap extends GreyFrame {
  /** What is darker than its block's is dark. */
  readonly thresholds: Uint8Array;
}

/** Blocks of 8 × 8 pixels. */
const blockBits = 3;
const block = 1 << blockBits;
/** A block's threshold is the mean of the blocks around it, so many to each side. */
const reach = 2;

export function darkMapOf(frame: GreyFrame): DarkMap {
  const columns = Math.ceil(frame.width / block);
  return {
    ...frame,
    thresholds: Uint8Array.from(smoothed(meansOfBlocks(frame, columns), columns), Math.ceil),
  };
}

/** Beside the picture nothing is dark. */
export function isDarkAt({ width, height, grey, thresholds }: DarkMap, x: number, y: number): boolean {
  if (x < 0 || y < 0 || x >= width || y >= height) return false;
  const threshold = thresholds[(y >> blockBits) * Math.ceil(width / block) + (x >> blockBits)] ?? 0;
  return (grey[y * width + x] ?? 0) < threshold;
}

/** @param row receives 1 for each dark pixel of the row, 0 for a light one */
export function darkRow({ width, grey, thresholds }: DarkMap, y: number, row: Uint8Array): void {
  const columns = Math.ceil(width / block);
  for (let column = 0; column < columns; column++) {
    const threshold = thresholds[(y >> blockBits) * columns + column] ?? 0;
    const end = Math.min(width, (column + 1) * block);
    for (let x = column * block; x < end; x++) row[x] = (grey[y * width + x] ?? 0) < threshold ? 1 : 0;
  }
}

/** By every second pixel of every second row. */
function meansOfBlocks({ width, height, grey }: GreyFrame, columns: number): Float32Array {
  const sums = new Float32Array(columns * Math.ceil(height / block));
  const counts = new Float32Array(sums.length);
  for (let y = 0; y < height; y += 2) {
    const row = (y >> blockBits) * columns;
    for (let x = 0; x < width; x += 2) {
      const at = row + (x >> blockBits);
      sums[at] = (sums[at] ?? 0) + (grey[y * width + x] ?? 0);
      counts[at] = (counts[at] ?? 0) + 1;
    }
  }
  return sums.map((sum, i) => sum / (counts[i] ?? 1));
}

function smoothed(means: Float32Array, columns: number): Float32Array {
  const along = meansAlong(means, columns, 1, columns);
  return meansAlong(along, columns, columns, means.length / columns);
}

/** The mean of each value and its neighbours on a line of `length` values, `step` apart. */
function meansAlong(values: Float32Array, columns: number, step: number, length: number): Float32Array {
  return values.map((_, i) => {
    const at = step === 1 ? i % columns : Math.floor(i / columns);
    const first = Math.max(-reach, -at);
    const last = Math.min(reach, length - 1 - at);
    let sum = 0;
    for (let k = first; k <= last; k++) sum += values[i + k * step] ?? 0;
    return sum / (last - first + 1);
  });
}
