/**
 * A video of ride codes as a bus camera sees them, drawn picture by picture. One phone after another moves through the
 * picture, with a gap in between; its distance, angle, tilt and light change as it moves.
 */
import type { GreyFrame } from '../../drivers/code-reader/engine.ts';
import { renderFrame } from './frame.ts';
import type { FrameOptions } from './frame-options.ts';
import { createRandom } from './random.ts';

export interface RideVideoOptions {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly seconds: number;
  readonly seed: number;
}

/** A code is in the picture, whole or in part, from `fromS` up to, but not including, `toS`. */
export interface Showing {
  readonly fromS: number;
  readonly toS: number;
}

type Pose = Pick<
  FrameOptions,
  | 'offsetX'
  | 'offsetY'
  | 'codeHeight'
  | 'rotationDeg'
  | 'tiltXDeg'
  | 'tiltYDeg'
  | 'blurPixels'
  | 'darkestLight'
  | 'lightDirectionDeg'
>;

/** The part of each code's turn in which it is shown; the rest is the gap. */
const shownPart = 0.6;
/** The parts of its showing in which a phone comes in, and goes out; in between it is held. */
const movingPart = 0.2;
const outsideX = 1.1;

/** When each code is in view; they share the time evenly. */
export function showings(codes: number, seconds: number): Showing[] {
  const turnS = seconds / codes;
  return Array.from({ length: codes }, (_, i) => {
    const fromS = (i + (1 - shownPart) / 2) * turnS;
    return { fromS, toS: fromS + shownPart * turnS };
  });
}

/** The same pictures for the same codes and options. */
export function* rideVideo(codes: readonly Uint8Array[], options: RideVideoOptions): Generator<GreyFrame> {
  const { width, height, framesPerSecond, seconds, seed } = options;
  const turns = showings(codes.length, seconds);
  const paths = codes.map((_, i) => pathOf(seed + i));
  const count = Math.round(seconds * framesPerSecond);
  for (let frame = 0; frame < count; frame++) {
    const atS = frame / framesPerSecond;
    const now = turns.findIndex(({ fromS, toS }) => atS >= fromS && atS < toS);
    const [turn, path, code] = [turns[now], paths[now], codes[now]];
    const view = { width, height, noise: 1.5, seed: seed + frame };
    if (turn === undefined || path === undefined || code === undefined) yield renderFrame([], view);
    else yield renderFrame([code], { ...view, ...path((atS - turn.fromS) / (turn.toS - turn.fromS)) });
  }
}

/** @returns where and how a phone is held, after this part of its showing */
function pathOf(seed: number): (part: number) => Pose {
  const random = createRandom(seed ^ 0x71de);
  const [start, end] = [heldPose(random), heldPose(random)];
  const side = random.pick([-1, 1]);
  return part => {
    const out = Math.max(0, movingPart - part, part - (1 - movingPart)) / movingPart;
    const pose = between(start, end, part);
    return {
      ...pose,
      offsetX: pose.offsetX + side * outsideX * out ** 2,
      blurPixels: pose.blurPixels + 2 * out,
    };
  };
}

/** Within what a decoder reads well, like a passenger who waits for the light. */
function heldPose(random: ReturnType<typeof createRandom>): Pose {
  return {
    offsetX: random.between(-0.06, 0.06),
    offsetY: random.between(-0.05, 0.05),
    codeHeight: random.between(0.66, 0.84),
    rotationDeg: random.between(-20, 20),
    tiltXDeg: random.between(-10, 10),
    tiltYDeg: random.between(-10, 10),
    blurPixels: random.between(0.2, 0.7),
    darkestLight: random.between(0.5, 1),
    lightDirectionDeg: random.between(0, 360),
  };
}

function between(start: Pose, end: Pose, part: number): Pose {
  const mix = (key: keyof Pose) => start[key] + (end[key] - start[key]) * part;
  return {
    offsetX: mix('offsetX'),
    offsetY: mix('offsetY'),
    codeHeight: mix('codeHeight'),
    rotationDeg: mix('rotationDeg'),
    tiltXDeg: mix('tiltXDeg'),
    tiltYDeg: mix('tiltYDeg'),
    blurPixels: mix('blurPixels'),
    darkestLight: mix('darkestLight'),
    lightDirectionDeg: mix('lightDirectionDeg'),
  };
}
