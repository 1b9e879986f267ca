/** What a QR decoder is: one small interface, so that the decoders are interchangeable. */

/** One grey picture, a byte per pixel, row by row; `grey` owns its whole buffer. */
export interface GreyFrame {
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
}

export const engineNames = ['zxing', 'jsqr'] as const;
export type EngineName = (typeof engineNames)[number];

/**
 * - `fast`: for every frame of a camera
 * - `thorough`: for a single picture, or after misses; several times slower
 */
export type Effort = 'fast' | 'thorough';

/** In pixels from the frame's top left; right and bottom are outside. It may reach beyond the frame. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface FoundCode {
  /** As they are in the symbol. */
  readonly bytes: Uint8Array;
  /** Around the symbol, upright. */
  readonly box: Box;
}

export interface QrEngine {
  readonly name: EngineName;
  /** @returns the different codes in the frame; `maxCodes` of them at most */
  find(frame: GreyFrame, effort: Effort): FoundCode[];
  /** @returns their bytes alone */
  decode(frame: GreyFrame, effort: Effort): Uint8Array[];
}

/** Two passengers' codes, and what is stuck to the bus around them. */
export const maxCodes = 8;

export function createEngine(name: EngineName, find: QrEngine['find']): QrEngine {
  const findDifferent: QrEngine['find'] = (frame, effort) => differentCodes(find(frame, effort));
  return {
    name,
    find: findDifferent,
    decode: (frame, effort) => findDifferent(frame, effort).map(({ bytes }) => bytes),
  };
}

/** A code is known again by this. */
export function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

export function boxAround(corners: readonly { readonly x: number; readonly y: number }[]): Box {
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** Leaves out the second copy of a code that is in the frame twice, say by a reflection. */
function differentCodes(codes: readonly FoundCode[]): FoundCode[] {
  return [...new Map(codes.map(code => [keyOf(code.bytes), code])).values()];
}
