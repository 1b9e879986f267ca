/** Turns a picture file into a camera frame: grey, and fitted to the frame with grey at its sides. */
import type { GreyFrame } from '../../drivers/code-reader/engine.ts';
import { readPng } from './png.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Fills the sides of the picture. */
const beside = 128;

/**
 * @param png any size, colour and transparency that `readPng` takes
 * @throws Error that says what is wrong with the file
 */
export function cameraFrameOf(png: Uint8Array, frame: Size): GreyFrame {
  return fit(readPng(png), frame);
}

function fit(picture: GreyFrame, { width, height }: Size): GreyFrame {
  const scale = Math.min(width / picture.width, height / picture.height);
  const shown = {
    width: Math.max(1, Math.round(picture.width * scale)),
    height: Math.max(1, Math.round(picture.height * scale)),
  };
  const grey = new Uint8Array(width * height).fill(beside);
  const left = Math.floor((width - shown.width) / 2);
  const top = Math.floor((height - shown.height) / 2);
  const scaled = resize(picture, shown);
  for (let y = 0; y < shown.height; y++) {
    grey.set(scaled.subarray(y * shown.width, (y + 1) * shown.width), (top + y) * width + left);
  }
  return { width, height, grey };
}

/** Each pixel is the mean of the pixels it covers: first along the rows, then along the columns. */
function resize({ width, height, grey }: GreyFrame, to: Size): Uint8Array {
  const rows = new Float32Array(to.width * height);
  for (let x = 0; x < to.width; x++) {
    const covered = coverage(x, width / to.width, width);
    for (let y = 0; y < height; y++) rows[y * to.width + x] = mean(grey, y * width, 1, covered);
  }
  const resized = new Uint8Array(to.width * to.height);
  for (let y = 0; y < to.height; y++) {
    const covered = coverage(y, height / to.height, height);
    for (let x = 0; x < to.width; x++) {
      resized[y * to.width + x] = Math.round(mean(rows, x, to.width, covered));
    }
  }
  return resized;
}

interface Coverage {
  readonly first: number;
  /** Weights of the first pixel and those after it; their sum is 1. */
  readonly weights: readonly number[];
}

/** The part of a line of `length` that pixel `at` covers, if it is `step` pixels of the line wide. */
function coverage(at: number, step: number, length: number): Coverage {
  const from = at * step;
  const to = Math.min((at + 1) * step, length);
  const first = Math.min(Math.floor(from), length - 1);
  const count = Math.max(1, Math.ceil(to) - first);
  const parts = Array.from({ length: count }, (_, i) =>
    Math.max(0, Math.min(first + i + 1, to) - Math.max(first + i, from)),
  );
  const total = parts.reduce((sum, part) => sum + part, 0);
  return { first, weights: parts.map(part => part / total) };
}

function mean(values: ArrayLike<number>, start: number, step: number, { first, weights }: Coverage): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += (weights[i] ?? 0) * (values[start + (first + i) * step] ?? 0);
  }
  return sum;
}
