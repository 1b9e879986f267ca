/**
 * The place in the picture where a code was read, and whether it still looks as if the code were there.
 *
 * A code in view is not read in every frame: its screen dims in bands, the lens hunts for focus, a hand shakes. Most of these
 * leave a code's quick changes of light and dark in at least a part of its place; the bus behind it has few of them. A lens far
 * out of focus leaves none, but the code's cells keep their shades: which are lighter than their neighbours, and which darker.
 */
import type { Box, FoundCode, GreyFrame } from './engine.ts';

export interface Place extends Pick<FoundCode, 'box'> {
  /** How quickly light and dark change in each cell of the box, row by row: the sum of neighbouring samples' differences. */
  readonly unrest: Float32Array;
  /** How much lighter each cell is than those around it and itself in the mean. */
  readonly relief: Float32Array;
}

const cells = 12;
/** To a cell, each way. */
const samples = 8;
/** A cell that has so much of its unrest left still shows the code. */
const leftOfUnrest = 0.2;
/** A part of the place that still shows the code is enough. */
const leftOfCells = 0.2;
/** The correlation of two reliefs: over 38 drawn scenes at most 0.29 with the code gone, at least 0.72 with it blurred by 10 pixels. */
const sameRelief = 0.6;

/** So many half cells a code may have moved, each way: a third of its own size. */
const reachSteps = 8;
/** Half cells along one side of the box and what is within reach. */
const aroundSteps = 2 * cells + 2 * reachSteps;
/** To a half cell, each way. */
const halfSamples = 4;
/** The best correlation with a place within reach. */
const likeRelief = 0.5;

/** The part of its box that each corner leaves empty when a code is turned by 45 degrees. */
const emptyCorner = 1 / 8;

export function placeOf(frame: GreyFrame, { box }: FoundCode): Place {
  return { box, ...cellsOf(frame, box) };
}

/** @param frame of the same camera */
export function stillShows(frame: GreyFrame, { box, unrest, relief }: Place): boolean {
  const now = cellsOf(frame, box);
  const most = unrest.reduce((a, b) => Math.max(a, b), 0);
  // The box's corners, beside a code that is turned, show something else.
  const shown = [...unrest.keys()].filter(i => most > 0 && (unrest[i] ?? 0) >= most / 2);
  const left = shown.filter(i => (now.unrest[i] ?? 0) >= (unrest[i] ?? 0) * leftOfUnrest);
  if (left.length >= shown.length * leftOfCells) return shown.length > 0;
  const at = (values: Float32Array) => shown.map(i => values[i] ?? 0);
  if (correlation(at(relief), at(now.relief)) >= sameRelief) return true;
  return likenessNearby(frame, { box, relief }, shown.filter(isInner)) >= likeRelief;
}

/**
 * A hand moves while the lens hunts for focus.
 * @param shown of the box's inner cells
 * @returns the best correlation of its relief with that of a place so near
 */
function likenessNearby(
  frame: GreyFrame,
  { box, relief }: Pick<Place, 'box' | 'relief'>,
  shown: readonly number[],
): number {
  const map = reliefAround(frame, box);
  const then = shown.map(i => relief[i] ?? 0);
  const steps = shown.map(i => 2 * (Math.floor(i / cells) * aroundSteps + (i % cells)));
  let best = 0;
  for (let down = 0; down <= 2 * reachSteps; down++) {
    for (let right = 0; right <= 2 * reachSteps; right++) {
      const from = down * aroundSteps + right;
      best = Math.max(
        best,
        correlation(
          then,
          steps.map(step => map[from + step] ?? 0),
        ),
      );
    }
  }
  return best;
}

/** Whether all cells around it are in the box too: their relief there is the same wherever the box is put. */
function isInner(cell: number): boolean {
  const [row, column] = [Math.floor(cell / cells), cell % cells];
  return Math.min(row, column) > 0 && Math.max(row, column) < cells - 1;
}

/** The relief of a cell that begins at each half cell of the box and around it, row by row. */
function reliefAround(frame: GreyFrame, box: Box): Float32Array {
  const halves = halvesAround(frame, box);
  const at = (values: Float32Array, i: number) => values[i] ?? 0;
  const shades = halves.map(
    (shade, i) =>
      (shade + at(halves, i + 1) + at(halves, i + aroundSteps) + at(halves, i + aroundSteps + 1)) / 4,
  );
  return shades.map((shade, i) => {
    let sum = 0;
    for (const down of [-2, 0, 2])
      for (const right of [-2, 0, 2]) sum += at(shades, i + down * aroundSteps + right);
    return shade - sum / 9;
  });
}

function halvesAround({ width, height, grey }: GreyFrame, { left, top, right, bottom }: Box): Float32Array {
  const halves = new Float32Array(aroundSteps ** 2);
  const across = (right - left) / (2 * cells);
  const down = (bottom - top) / (2 * cells);
  const offsets = Array.from({ length: halfSamples }, (_, i) => (i + 0.5) / halfSamples - reachSteps);
  for (let row = 0; row < aroundSteps; row++) {
    for (let column = 0; column < aroundSteps; column++) {
      let sum = 0;
      for (const dy of offsets) {
        const y = within(top + (row + dy) * down, height);
        for (const dx of offsets) sum += grey[y * width + within(left + (column + dx) * across, width)] ?? 0;
      }
      halves[row * aroundSteps + column] = sum / halfSamples ** 2;
    }
  }
  return halves;
}

/** Whether there is no room for both: one has the middle of the other, or more of its box than is empty in a corner. */
export function covers(one: Place, other: Place): boolean {
  const holdsOne = holdsMiddle(one.box, other.box) || holdsMiddle(other.box, one.box);
  return holdsOne || sharedArea(one.box, other.box) > emptyCorner * sharedArea(other.box, other.box);
}

function sharedArea(one: Box, other: Box): number {
  const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return Math.max(0, across) * Math.max(0, down);
}

function holdsMiddle(outer: Box, { left, top, right, bottom }: Box): boolean {
  const x = (left + right) / 2;
  const y = (top + bottom) / 2;
  return x >= outer.left && x < outer.right && y >= outer.top && y < outer.bottom;
}

function cellsOf(
  { width, height, grey }: GreyFrame,
  { left, top, right, bottom }: Box,
): Pick<Place, 'unrest' | 'relief'> {
  const unrest = new Float32Array(cells * cells);
  const shades = new Float32Array(cells * cells);
  const across = cells * samples;
  for (let row = 0; row < across; row++) {
    const y = within(top + ((row + 0.5) / across) * (bottom - top), height);
    let before = 0;
    for (let column = 0; column < across; column++) {
      const x = within(left + ((column + 0.5) / across) * (right - left), width);
      const shade = grey[y * width + x] ?? 0;
      const cell = Math.floor(row / samples) * cells + Math.floor(column / samples);
      shades[cell] = (shades[cell] ?? 0) + shade / samples ** 2;
      if (column % samples > 0) unrest[cell] = (unrest[cell] ?? 0) + Math.abs(shade - before);
      before = shade;
    }
  }
  return { unrest, relief: shades.map((shade, cell) => shade - meanAround(shades, cell)) };
}

/** Without it, light that falls from one side would make any two pictures alike. */
function meanAround(shades: Float32Array, cell: number): number {
  const [row, column] = [Math.floor(cell / cells), cell % cells];
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, row - 1); y <= Math.min(cells - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(cells - 1, column + 1); x++) {
      sum += shades[y * cells + x] ?? 0;
      count++;
    }
  }
  return sum / count;
}

/** From -1 to 1; 0 where one of them has no relief. */
function correlation(one: readonly number[], other: readonly number[]): number {
  const product = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  const size = Math.sqrt(product(one, one) * product(other, other));
  return size === 0 ? 0 : product(one, other) / size;
}

function within(position: number, length: number): number {
  return Math.min(length - 1, Math.max(0, Math.floor(position)));
}
