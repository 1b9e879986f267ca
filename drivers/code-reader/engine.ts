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

export interface QrEngine {
  readonly name: EngineName;
  /** @returns the raw bytes of the different codes in the frame: none, one, or two where there are several */
  decode(frame: GreyFrame, effort: Effort): Uint8Array[];
}

/** Leaves out the second sight of a code that is in the frame twice, say by a reflection. */
export function differentCodes(codes: readonly Uint8Array[]): Uint8Array[] {
  const seen = new Map(codes.map(code => [Buffer.from(code).toString('latin1'), code]));
  return [...seen.values()];
}

/** False for a frame that is all but one shade: a covered lens, a dark bus. Looks at one pixel in 61. */
export function hasContrast({ grey }: GreyFrame): boolean {
  let darkest = 255;
  let lightest = 0;
  for (let i = 0; i < grey.length; i += 61) {
    const shade = grey[i] ?? 0;
    if (shade < darkest) darkest = shade;
    if (shade > lightest) lightest = shade;
  }
  return lightest - darkest >= 48;
}
