/** Adds the effects of lens, light and sensor to a picture. Brightness is a float from 0 to 255, so it is rounded only once. */
import type { FrameOptions } from './frame-options.ts';
import { createRandom } from './random.ts';

const white = 255;
/** Above white: the inner third of a reflection hides the picture. */
const glareLight = 1.5 * white;

/** A picture before it is rounded to bytes. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly brightness: Float32Array;
}

/** Light, moiré and contrast belong to the scene, so they come before the lens; the sensor adds its noise last. */
export function applyEffects(picture: Picture, options: FrameOptions): Uint8Array {
  light(picture, options);
  if (options.moire > 0) moire(picture, options);
  if (options.glare > 0) glare(picture, options);
  if (options.blurPixels > 0) blur(picture, options.blurPixels);
  return sense(picture, options);
}

/** Falls off evenly from one side of the frame to the other. */
function light(picture: Picture, { darkestLight, lightDirectionDeg, contrast }: FrameOptions): void {
  const { width, height } = picture;
  const [dx, dy] = direction(lightDirectionDeg);
  const reach = (Math.abs(dx) * width + Math.abs(dy) * height) / 2;
  forEachPixel(picture, (x, y, value) => {
    const position = ((x - width / 2) * dx + (y - height / 2) * dy) / reach;
    const strength = 1 - ((1 - darkestLight) * (1 - position)) / 2;
    return (128 + (value - 128) * contrast) * strength;
  });
}

function moire(picture: Picture, options: FrameOptions): void {
  const [dx, dy] = direction(options.moireDirectionDeg);
  const frequency = (2 * Math.PI) / options.moirePeriodPixels;
  forEachPixel(picture, (x, y, value) => value + options.moire * Math.sin(frequency * (x * dx + y * dy)));
}

/** A lamp on the phone's glass: its light comes on top of the screen's, and fades out. */
function glare(picture: Picture, { glare, glareX, glareY }: FrameOptions): void {
  const { width, height } = picture;
  const centreX = width * (0.5 + glareX);
  const centreY = height * (0.5 + glareY);
  const reach = height * glare;
  forEachPixel(picture, (x, y, value) => {
    const distance = Math.hypot(x - centreX, y - centreY) / reach;
    return Math.min(value + glareLight * Math.exp(-4 * distance * distance), white);
  });
}

/** Gaussian, first along the rows, then along the columns; the border pixels reach outward. */
function blur({ width, height, brightness }: Picture, sigma: number): void {
  const kernel = gaussian(sigma);
  const rows = Float32Array.from(brightness);
  convolve(brightness, rows, kernel, { lines: height, lineStep: width, length: width, step: 1 });
  convolve(rows, brightness, kernel, { lines: width, lineStep: 1, length: height, step: width });
}

function convolve(
  from: Float32Array,
  to: Float32Array,
  kernel: Float32Array,
  { lines, lineStep, length, step }: { lines: number; lineStep: number; length: number; step: number },
): void {
  const radius = (kernel.length - 1) / 2;
  for (let line = 0; line < lines; line++) {
    for (let at = 0; at < length; at++) {
      let sum = 0;
      for (let k = -radius; k <= radius; k++) {
        const near = Math.min(Math.max(at + k, 0), length - 1);
        sum += (kernel[k + radius] ?? 0) * (from[line * lineStep + near * step] ?? 0);
      }
      to[line * lineStep + at * step] = sum;
    }
  }
}

function gaussian(sigma: number): Float32Array {
  const radius = Math.ceil(3 * sigma);
  const weights = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map(weight => weight / total);
}

function sense({ brightness }: Picture, { noise, seed }: FrameOptions): Uint8Array {
  const random = createRandom(seed);
  // A clamped array rounds, and clips what is too bright or too dark.
  const grey = new Uint8ClampedArray(brightness);
  if (noise > 0) {
    for (let i = 0; i < grey.length; i++) grey[i] = (brightness[i] ?? 0) + noise * random.normal();
  }
  return new Uint8Array(grey.buffer);
}

function forEachPixel(
  { width, height, brightness }: Picture,
  change: (x: number, y: number, value: number) => number,
): void {
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) brightness[at] = change(x, y, brightness[at] ?? 0);
  }
}

function direction(degrees: number): [number, number] {
  const radians = (degrees * Math.PI) / 180;
  return [Math.cos(radians), Math.sin(radians)];
}
