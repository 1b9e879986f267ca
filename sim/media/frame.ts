/** Draws camera frames of ride codes on phone screens: each code a lit rectangle in perspective before a dim scene. */
import type { GreyFrame } from '../../drivers/code-reader/engine.ts';
import { applyEffects, type Picture } from './effects.ts';
import { type FrameOptions, plainFrame } from './frame-options.ts';
import { type QrMatrix, qrMatrix } from './qr-matrix.ts';
import { createRandom } from './random.ts';
import { type PixelToPlane, pixelToPlane } from './transform.ts';

/** A code lying in the scene. */
interface PlacedCode {
  readonly matrix: QrMatrix;
  readonly toPlane: PixelToPlane;
}

/** ISO/IEC 18004 asks for this much light around a symbol. */
const quietModules = 4;
/** The phone's size, where the lit part of its screen is 1. */
const phoneSize = 1.16;
const screenLight = 235;
const screenDark = 20;
const phoneBody = 12;
/** Samples to a pixel, each way. */
const samples = 2;

/** Draws the codes side by side; without a code, the scene alone. */
export function renderFrame(codes: readonly Uint8Array[], options: Partial<FrameOptions> = {}): GreyFrame {
  const all: FrameOptions = { ...plainFrame, ...options };
  const { width, height } = all;
  const picture: Picture = { width, height, brightness: scene(all) };
  codes.forEach((bytes, i) => {
    draw(picture, place(qrMatrix(bytes, all.errorCorrection), (i + 0.5) / codes.length - 0.5, all));
  });
  return { width, height, grey: applyEffects(picture, all) };
}

/** @param column the code's place without an offset, as a part of the frame's width from its middle */
function place(matrix: QrMatrix, column: number, options: FrameOptions): PlacedCode {
  const { width, height } = options;
  const toPlane = pixelToPlane({
    centreX: width * (0.5 + column + options.offsetX),
    centreY: height * (0.5 + options.offsetY),
    pixelsPerUnit: (height * options.codeHeight) / (matrix.size + 2 * quietModules),
    rotationDeg: options.rotationDeg,
    tiltXDeg: options.tiltXDeg,
    tiltYDeg: options.tiltYDeg,
    distancePixels: 1.5 * height,
  });
  return { matrix, toPlane };
}

/** Averages the samples of each pixel; samples beside the phone show the scene. */
function draw({ width, height, brightness }: Picture, code: PlacedCode): void {
  const uv = new Float64Array(2);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const behind = brightness[at] ?? 0;
      let sum = 0;
      for (let i = 0; i < samples * samples; i++) {
        const dx = ((i % samples) + 0.5) / samples;
        const dy = (Math.floor(i / samples) + 0.5) / samples;
        code.toPlane(x + dx, y + dy, uv);
        sum += shade(code.matrix, uv[0] ?? 0, uv[1] ?? 0) ?? behind;
      }
      brightness[at] = sum / (samples * samples);
    }
  }
}

/** @returns the brightness at u, v, in modules from the symbol's centre; undefined beside the phone */
function shade({ size, modules }: QrMatrix, u: number, v: number): number | undefined {
  const column = Math.floor(u + size / 2);
  const row = Math.floor(v + size / 2);
  if (column >= 0 && column < size && row >= 0 && row < size) {
    return modules[row * size + column] ? screenDark : screenLight;
  }
  const away = Math.max(Math.abs(u), Math.abs(v));
  const screen = size / 2 + quietModules;
  if (away <= screen) return screenLight;
  return away <= screen * phoneSize ? phoneBody : undefined;
}

/** Soft blotches of mid grey: clothes, bags and seats out of focus. */
function scene({ width, height, seed }: FrameOptions): Float32Array {
  const cell = 48;
  const columns = Math.ceil(width / cell) + 1;
  const random = createRandom(seed ^ 0x5ce9e);
  const blotches = random.bytes(columns * (Math.ceil(height / cell) + 1));
  const blotch = (column: number, row: number) => 40 + (blotches[row * columns + column] ?? 0) * 0.4;
  const brightness = new Float32Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const column = Math.floor(x / cell);
      const row = Math.floor(y / cell);
      const right = x / cell - column;
      const down = y / cell - row;
      const top = mix(blotch(column, row), blotch(column + 1, row), right);
      brightness[at] = mix(top, mix(blotch(column, row + 1), blotch(column + 1, row + 1), right), down);
    }
  }
  return brightness;
}

function mix(a: number, b: number, part: number): number {
  return a + (b - a) * part;
}
