/**
 * Retouches a picture for a second look: more contrast, less noise, larger where a code may be. All of it is cheap beside a
 * search for codes, which takes as long as the picture is large.
 */
import type { GreyFrame } from './engine.ts';

/** A shade for each of the 256 shades. */
export type Tone = Uint8Array;

/** Each end of the histogram has so many pixels that are not counted: lamps, dead pixels. */
const outliers = 0.002;
/** Below this there is nothing but noise. */
const leastRange = 8;
const pixelsPerSample = 7;

/**
 * Black for the darkest shade and white for the lightest.
 * @returns undefined for a picture of one shade: a covered lens
 */
export function fullTone({ grey }: GreyFrame): Tone | undefined {
  const counts = new Uint32Array(256);
  for (let i = 0; i < grey.length; i += pixelsPerSample) {
    const shade = grey[i] ?? 0;
    counts[shade] = (counts[shade] ?? 0) + 1;
  }
  const ignored = (outliers * grey.length) / pixelsPerSample;
  const darkest = firstAbove(counts, ignored);
  const lightest = 255 - firstAbove(counts.toReversed(), ignored);
  if (lightest - darkest < leastRange) return undefined;
  const part = (shade: number) => Math.min(1, Math.max(0, (shade - darkest) / (lightest - darkest)));
  return Uint8Array.from({ length: 256 }, (_, shade) => Math.round(255 * part(shade)));
}

/** Dark shades are further apart, light ones closer: for what is in the shade. */
export function lightened(tone: Tone): Tone {
  return tone.map(shade => Math.round(Math.sqrt(255 * shade)));
}

function firstAbove(counts: Uint32Array, ignored: number): number {
  let sum = 0;
  return counts.findIndex(count => {
    sum += count;
    return sum > ignored;
  });
}

export function toned({ width, height, grey }: GreyFrame, tone: Tone): GreyFrame {
  const to = new Uint8Array(grey.length);
  for (let i = 0; i < grey.length; i++) to[i] = tone[grey[i] ?? 0] ?? 0;
  return { width, height, grey: to };
}

/** Toned, and each pixel with its eight neighbours, weighted 1 2 1: takes off noise and moiré. The upper and lower border stay black. */
export function softened({ width, height, grey }: GreyFrame, tone: Tone): GreyFrame {
  const sums = new Uint16Array(grey.length);
  let before = 0;
  let here = tone[grey[0] ?? 0] ?? 0;
  // To read beyond the end, even once, makes the whole loop slow.
  for (let i = 0; i < grey.length - 1; i++) {
    const after = tone[grey[i + 1] ?? 0] ?? 0;
    sums[i] = before + 2 * here + after;
    before = here;
    here = after;
  }
  const to = new Uint8Array(grey.length);
  for (let i = width; i < grey.length - width; i++) {
    to[i] = ((sums[i - width] ?? 0) + 2 * (sums[i] ?? 0) + (sums[i + width] ?? 0)) >> 4;
  }
  return { width, height, grey: to };
}

/** A part of a picture, enlarged: a point of it is at `left + x / scale`, `top + y / scale` of the whole. */
export interface Enlarged {
  readonly frame: GreyFrame;
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

/** To about so many pixels: three times the size where a code is small, hardly more where it fills the picture. */
const enlargedPixels = 300_000;
const mostTimes = 3;
/** Less shows nothing new. */
const leastTimes = 1.4;

/** The part where light and dark change quickly, with its full tone; undefined where nothing does. */
export function enlargedRestlessPart(frame: GreyFrame): Enlarged | undefined {
  const part = restlessPart(frame);
  const tone = part && fullTone(part.frame);
  if (part === undefined || tone === undefined) return undefined;
  const { width, height } = part.frame;
  const scale = Math.min(mostTimes, Math.sqrt(enlargedPixels / (width * height)));
  if (scale < leastTimes) return undefined;
  return { ...part, scale, frame: scaled(part.frame, tone, scale) };
}

const tile = 16;
const samplesPerTile = 32;
/** A tile is restless from this part of the most restless tiles' unrest on. */
const restlessPartOfMost = 0.35;
/** The mean difference of samples two pixels apart, in shades. */
const leastUnrest = 1;

function restlessPart(frame: GreyFrame): Omit<Enlarged, 'scale'> | undefined {
  const { width, height, grey } = frame;
  const columns = Math.floor(width / tile);
  const unrest = unrestOfTiles(frame, columns, Math.floor(height / tile));
  const most = unrest.toSorted()[Math.floor(unrest.length * 0.98)] ?? 0;
  if (most < leastUnrest) return undefined;
  const restless = [...unrest.keys()].filter(i => (unrest[i] ?? 0) >= most * restlessPartOfMost);
  const columnsOf = restless.map(i => i % columns);
  const rowsOf = restless.map(i => Math.floor(i / columns));
  // One tile more on each side: a code needs its quiet zone.
  const left = Math.max(0, Math.min(...columnsOf) - 1) * tile;
  const top = Math.max(0, Math.min(...rowsOf) - 1) * tile;
  const right = Math.min(width, (Math.max(...columnsOf) + 2) * tile);
  const bottom = Math.min(height, (Math.max(...rowsOf) + 2) * tile);
  const part = new Uint8Array((right - left) * (bottom - top));
  for (let y = top; y < bottom; y++) {
    part.set(grey.subarray(y * width + left, y * width + right), (y - top) * (right - left));
  }
  return { left, top, frame: { width: right - left, height: bottom - top, grey: part } };
}

/** The mean difference of samples two pixels apart, for each tile. */
function unrestOfTiles({ width, grey }: GreyFrame, columns: number, rows: number): Float32Array {
  const unrest = new Float32Array(columns * rows);
  for (let y = 2; y < rows * tile; y += 4) {
    const row = Math.floor(y / tile) * columns;
    for (let x = 2; x < columns * tile; x += 2) {
      const difference = Math.abs((grey[y * width + x] ?? 0) - (grey[y * width + x - 2] ?? 0));
      const at = row + Math.floor(x / tile);
      unrest[at] = (unrest[at] ?? 0) + difference / samplesPerTile;
    }
  }
  return unrest;
}

/** Toned; bilinear, in 1/256 of a pixel. */
function scaled({ width, height, grey }: GreyFrame, tone: Tone, scale: number): GreyFrame {
  const to = { width: Math.round(width * scale), height: Math.round(height * scale) };
  const xs = positions(to.width, width);
  const ys = positions(to.height, height);
  const pixels = new Uint8Array(to.width * to.height);
  // The two rows of the original between which a row lies, already as wide as the copy.
  const rows = [new Uint16Array(to.width), new Uint16Array(to.width)];
  const held = [-1, -1];
  const rowAt = (y: number): Uint16Array => {
    const row = rows[y & 1] ?? new Uint16Array();
    if (held[y & 1] !== y) stretchRow(grey.subarray(y * width, (y + 1) * width), tone, xs, row);
    held[y & 1] = y;
    return row;
  };
  for (let y = 0; y < to.height; y++) {
    const at = ys[y] ?? 0;
    mixRows(
      rowAt(at >> 8),
      rowAt((at >> 8) + 1),
      at & 255,
      pixels.subarray(y * to.width, (y + 1) * to.width),
    );
  }
  return { ...to, grey: pixels };
}

/** @param to in 1/256 of a shade */
function stretchRow(from: Uint8Array, tone: Tone, xs: Int32Array, to: Uint16Array): void {
  for (let x = 0; x < to.length; x++) {
    const at = xs[x] ?? 0;
    const shade = tone[from[at >> 8] ?? 0] ?? 0;
    to[x] = (shade << 8) + ((tone[from[(at >> 8) + 1] ?? 0] ?? 0) - shade) * (at & 255);
  }
}

function mixRows(upper: Uint16Array, lower: Uint16Array, part: number, to: Uint8Array): void {
  const rest = 256 - part;
  for (let x = 0; x < to.length; x++) to[x] = ((upper[x] ?? 0) * rest + (lower[x] ?? 0) * part) >> 16;
}

/** Where each pixel's middle is in a line of `length`, in 1/256 of its pixels; one more pixel follows each. */
function positions(count: number, length: number): Int32Array {
  const most = Math.max(0, 256 * (length - 1) - 1);
  return Int32Array.from({ length: count }, (_, i) =>
    Math.min(most, Math.max(0, Math.floor(256 * (((i + 0.5) * length) / count - 0.5)))),
  );
}
