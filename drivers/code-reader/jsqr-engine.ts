/**
 * QR decoding by jsQR: pure JavaScript, for machines without WebAssembly.
 *
 * Some twenty times slower than zxing and much weaker on dense codes. It finds at most one code in a frame, so a code that
 * is found is painted over and the frame searched again. Two codes side by side usually confuse it and read as none; so
 * nobody's code passes for another's.
 */
import jsqr from 'jsqr';
import {
  type Box,
  boxAround,
  createEngine,
  type Effort,
  type FoundCode,
  type GreyFrame,
  maxCodes,
  type QrEngine,
} from './engine.ts';
import { fullTone, toned } from './retouch.ts';

export function createJsqrEngine(): QrEngine {
  return createEngine('jsqr', find);
}

function find(plain: GreyFrame, effort: Effort): FoundCode[] {
  const tone = fullTone(plain);
  if (tone === undefined) return [];
  const frame = effort === 'fast' ? plain : toned(plain, tone);
  const { width, height } = frame;
  const rgba = toRgba(frame);
  const options = { inversionAttempts: effort === 'fast' ? 'dontInvert' : 'attemptBoth' } as const;
  const found: FoundCode[] = [];
  while (found.length < maxCodes) {
    const code = jsqr.default(rgba, width, height, options);
    if (code === null) break;
    const { topLeftCorner, topRightCorner, bottomLeftCorner, bottomRightCorner } = code.location;
    const box = boxAround([topLeftCorner, topRightCorner, bottomLeftCorner, bottomRightCorner]);
    found.push({ bytes: Uint8Array.from(code.binaryData), box });
    paintOver(rgba, width, height, box);
  }
  return found;
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

/** Whitens the box. */
function paintOver(rgba: Uint8ClampedArray, width: number, height: number, box: Box): void {
  const left = within(box.left, width);
  const right = within(box.right, width);
  const top = within(box.top, height);
  const bottom = within(box.bottom, height);
  for (let y = top; y < bottom; y++) rgba.fill(255, 4 * (y * width + left), 4 * (y * width + right));
}

function within(position: number, limit: number): number {
  return Math.min(limit, Math.max(0, Math.round(position)));
}
