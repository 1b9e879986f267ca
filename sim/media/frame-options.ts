/** How a camera picture of a ride code can look: a plain one, and random ones like a bus camera's. */
import type { ErrorCorrection } from './qr-matrix.ts';
import { createRandom } from './random.ts';

/** All angles in degrees, all lengths in pixels, brightness from 0 to 255. */
export interface FrameOptions {
  readonly width: number;
  readonly height: number;
  readonly errorCorrection: ErrorCorrection;
  /** Height of the untilted symbol with its quiet zone, as a part of the frame's height */
  readonly codeHeight: number;
  /** From the middle of the frame, as parts of its width and height */
  readonly offsetX: number;
  readonly offsetY: number;
  readonly rotationDeg: number;
  readonly tiltXDeg: number;
  readonly tiltYDeg: number;
  /** Standard deviation of the Gaussian blur; 0 for none */
  readonly blurPixels: number;
  /** Standard deviation of the sensor's noise */
  readonly noise: number;
  /** What is left of the brightness at the darkest side: 1 is even light, 0 is black there */
  readonly darkestLight: number;
  /** Where the light comes from */
  readonly lightDirectionDeg: number;
  /** 1 is black on white, 0 all grey */
  readonly contrast: number;
  /** Half the height of the bands that a screen's and the sensor's grids make together */
  readonly moire: number;
  readonly moirePeriodPixels: number;
  readonly moireDirectionDeg: number;
  /** How far a lamp's reflection reaches, as a part of the frame's height: white at its middle; 0 for none */
  readonly glare: number;
  /** Where its middle is, from that of the frame, as parts of its width and height */
  readonly glareX: number;
  readonly glareY: number;
  /** Makes the noise and the scene behind the code */
  readonly seed: number;
}

/** A code held still and straight in good light. */
export const plainFrame: FrameOptions = {
  width: 640,
  height: 480,
  errorCorrection: 'L',
  codeHeight: 0.8,
  offsetX: 0,
  offsetY: 0,
  rotationDeg: 0,
  tiltXDeg: 0,
  tiltYDeg: 0,
  blurPixels: 0,
  noise: 0,
  darkestLight: 1,
  lightDirectionDeg: 0,
  contrast: 1,
  moire: 0,
  moirePeriodPixels: 12,
  moireDirectionDeg: 30,
  glare: 0,
  glareX: 0.08,
  glareY: -0.06,
  seed: 1,
};

/**
 * One picture of the kind a bus camera takes. The ranges are tuned on ride codes of 350 to 420 bytes so that a
 * decoder of today misses about one picture in twenty.
 */
export function randomFrameOptions(seed: number): FrameOptions {
  const random = createRandom(seed);
  const [width, height] = random.pick([[640, 480] as const, [800, 600] as const]);
  return {
    width,
    height,
    errorCorrection: random.pick(['L', 'M']),
    codeHeight: random.between(0.52, 0.8),
    offsetX: random.between(-0.06, 0.06),
    offsetY: random.between(-0.04, 0.04),
    rotationDeg: random.between(-25, 25),
    tiltXDeg: random.between(-18, 18),
    tiltYDeg: random.between(-18, 18),
    blurPixels: random.between(0.4, 1.6),
    noise: random.between(1, 5.5),
    darkestLight: random.between(0.35, 1),
    lightDirectionDeg: random.between(0, 360),
    contrast: random.between(0.5, 1),
    moire: random.between(0, 14),
    moirePeriodPixels: random.between(4, 24),
    moireDirectionDeg: random.between(0, 180),
    glare: plainFrame.glare,
    glareX: plainFrame.glareX,
    glareY: plainFrame.glareY,
    seed,
  };
}
