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
  return correlation(at(relief), at(now.relief)) >= sameRelief;
}

/** Whether the middle of either lies within the other. */
export function covers(one: Place, other: Place): boolean {
  return holdsMiddle(one.box, other.box) || holdsMiddle(other.box, one.box);
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
