/**
 * QR decoding by jsQR: pure JavaScript, for where WebAssembly is not to be had.
 *
 * Some twenty times slower than zxing and much weaker on dense codes. It finds at most one code in a frame, so
 * after a hit that code is painted over and the frame looked at again; two codes side by side confuse it as a
 * rule and read as none, which refuses nobody's code for another's.
 */
import jsqr from 'jsqr';
import { differentCodes, type Effort, type GreyFrame, hasContrast, type QrEngine } from './engine.ts';

export function createJsqrEngine(): QrEngine {
  return { name: 'jsqr', decode };
}

function decode(frame: GreyFrame, effort: Effort): Uint8Array[] {
  if (!hasContrast(frame)) return [];
  const { width, height } = frame;
  const rgba = toRgba(frame);
  const options = { inversionAttempts: effort === 'fast' ? 'dontInvert' : 'attemptBoth' } as const;
  const first = jsqr.default(rgba, width, height, options);
  if (first === null) return [];
  paintOver(rgba, width, height, first.location);
  const second = jsqr.default(rgba, width, height, options);
  const found = second === null ? [first] : [first, second];
  return differentCodes(found.map(code => Uint8Array.from(code.binaryData)));
}

/** The picture as jsQR takes it, opaque. */
export function toRgba({ grey, width, height }: GreyFrame): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    const shade = grey[i] ?? 0;
    rgba[4 * i] = shade;
    rgba[4 * i + 1] = shade;
    rgba[4 * i + 2] = shade;
  }
  return rgba;
}

type Location = NonNullable<ReturnType<typeof jsqr.default>>['location'];

/** Whitens the upright rectangle around the code. */
function paintOver(rgba: Uint8ClampedArray, width: number, height: number, location: Location): void {
  const { topLeftCorner, topRightCorner, bottomLeftCorner, bottomRightCorner } = location;
  const corners = [topLeftCorner, topRightCorner, bottomLeftCorner, bottomRightCorner];
  const left = within(Math.min(...corners.map(corner => corner.x)), width);
  const right = within(Math.max(...corners.map(corner => corner.x)), width);
  const top = within(Math.min(...corners.map(corner => corner.y)), height);
  const bottom = within(Math.max(...corners.map(corner => corner.y)), height);
  for (let y = top; y < bottom; y++) rgba.fill(255, 4 * (y * width + left), 4 * (y * width + right));
}

function within(position: number, limit: number): number {
  return Math.min(limit, Math.max(0, Math.round(position)));
}
