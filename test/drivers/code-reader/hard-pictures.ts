/**
 * Pictures that are hard to read, some of each kind, the same ones on every run: what fingers, light, paper and lenses do to
 * codes. Half of them are ride codes, half the short codes of other systems, whose modules are large.
 */
import type { GreyFrame } from '../../../drivers/code-reader/engine.ts';
import { renderFrame } from '../../../sim/media/frame.ts';
import { type FrameOptions, randomFrameOptions } from '../../../sim/media/frame-options.ts';
import { type ErrorCorrection, qrMatrix } from '../../../sim/media/qr-matrix.ts';
import { createRandom, type Random } from '../../../sim/media/random.ts';

export interface HardPicture {
  readonly kind: HardKind;
  readonly payload: Uint8Array;
  readonly frame: GreyFrame;
}

type Pose = Partial<FrameOptions>;

/** What becomes of a picture, and how the code is held in it. */
interface Kind {
  pose(random: Random): Pose;
  change?(frame: GreyFrame, shot: Shot): GreyFrame;
}

interface Shot {
  readonly random: Random;
  readonly pose: Pose;
  /** Modules along one side. */
  readonly size: number;
}

const size = { width: 640, height: 480 };

const kinds = {
  'as on a bus': { pose: random => ({ ...randomFrameOptions(Math.floor(random.next() * 1e6)), ...size }) },
  'fingertip on a finder pattern': {
    pose: random => ({ ...still(random), codeHeight: random.between(0.5, 0.85) }),
    change: (frame, shot) => noisy(withFingertip(frame, shot), 2, shot.random),
  },
  'finder pattern overdrawn': {
    pose: random => ({ ...still(random), codeHeight: random.between(0.5, 0.85) }),
    change: (frame, shot) => noisy(withPenStrokes(frame, shot), 2, shot.random),
  },
  'nearly black': {
    pose: held,
    change: (frame, { random }) =>
      noisy(toned(frame, random.between(2.2, 3.4), [2, random.between(14, 40)]), 1, random),
  },
  'washed out': {
    pose: held,
    change: (frame, { random }) => {
      const darkest = random.between(205, 232);
      return noisy(toned(frame, 0.6, [darkest, darkest + random.between(14, 22)]), 1, random);
    },
  },
  tiny: {
    pose: random => ({
      ...held(random),
      codeHeight: 0.3,
      blurPixels: random.between(0.2, 0.7),
      noise: random.between(1, 4),
    }),
  },
  curved: {
    pose: random => ({
      ...still(random),
      codeHeight: random.between(0.5, 0.8),
      blurPixels: random.between(0.4, 1),
    }),
    change: (frame, { random }) => noisy(onCylinder(frame, random.between(0.36, 0.5)), 2, random),
  },
  'inverted, low contrast': {
    pose: held,
    change: (frame, { random }) => {
      const darkest = random.between(4, 60);
      return noisy(toned(inverted(frame), 1, [darkest, darkest + random.between(24, 40)]), 1, random);
    },
  },
  blurred: {
    pose: random => ({ ...held(random), blurPixels: random.between(1.6, 2.8), noise: random.between(1, 3) }),
  },
  moved: {
    pose: held,
    change: (frame, { random }) => noisy(smeared(frame, random.between(5, 12)), 2, random),
  },
  glare: {
    pose: random => ({
      ...held(random),
      glare: random.between(0.25, 0.6),
      glareX: random.between(-0.2, 0.2),
      glareY: random.between(-0.2, 0.2),
    }),
  },
  tilted: {
    pose: random => ({
      ...held(random),
      codeHeight: random.between(0.7, 0.9),
      tiltXDeg: random.between(25, 45) * random.pick([-1, 1]),
      tiltYDeg: random.between(25, 45) * random.pick([-1, 1]),
    }),
  },
  'uneven light': {
    pose: random => ({
      ...held(random),
      darkestLight: random.between(0.02, 0.12),
      lightDirectionDeg: random.between(0, 360),
    }),
  },
  noisy: { pose: random => ({ ...held(random), noise: random.between(45, 80) }) },
  'in shade': {
    pose: held,
    change: (frame, { random }) => noisy(shaded(frame, random), 2, random),
  },
} as const satisfies Record<string, Kind>;

export type HardKind = keyof typeof kinds;
export const hardKinds = Object.keys(kinds) as HardKind[];

export function hardPicture(name: HardKind, seed: number): HardPicture {
  const kind: Kind = kinds[name];
  const random = createRandom(seed * 7919 + hardKinds.indexOf(name));
  const isRide = seed % 2 === 0;
  const payload = random.bytes(Math.floor(isRide ? random.between(332, 365) : random.between(18, 60)));
  const errorCorrection = random.pick<ErrorCorrection>(['L', 'M']);
  const pose: Pose = { ...size, noise: 0, ...kind.pose(random), errorCorrection, seed };
  const shot = { random, pose: sized(pose, isRide), size: qrMatrix(payload, errorCorrection).size };
  const frame = renderFrame([payload], shot.pose);
  return { kind: name, payload, frame: kind.change?.(frame, shot) ?? frame };
}

/** Short codes are read from further away: their modules are two to three times as large. */
function sized(pose: Pose, isRide: boolean): Pose {
  return isRide ? pose : { ...pose, codeHeight: (pose.codeHeight ?? 0.7) * 0.45 };
}

function held(random: Random): Pose {
  return { ...still(random), tiltXDeg: random.between(-8, 8), tiltYDeg: random.between(-8, 8) };
}

function still(random: Random): Pose {
  return {
    codeHeight: random.between(0.6, 0.85),
    rotationDeg: random.between(-15, 15),
    offsetX: random.between(-0.05, 0.05),
    offsetY: random.between(-0.03, 0.03),
    blurPixels: random.between(0.4, 0.9),
  };
}

type Point = readonly [x: number, y: number];

/** Where a point of an untilted symbol is in the picture, in modules from its centre. */
function pixelAt({ pose, size: modules }: Shot, [u, v]: Point): Point {
  const scale = moduleOf({ pose, size: modules });
  const angle = ((pose.rotationDeg ?? 0) * Math.PI) / 180;
  const x = size.width * (0.5 + (pose.offsetX ?? 0)) + scale * (u * Math.cos(angle) - v * Math.sin(angle));
  const y = size.height * (0.5 + (pose.offsetY ?? 0)) + scale * (u * Math.sin(angle) + v * Math.cos(angle));
  return [x, y];
}

/** Pixels to a module. */
function moduleOf({ pose, size: modules }: Pick<Shot, 'pose' | 'size'>): number {
  return (size.height * (pose.codeHeight ?? 0.7)) / (modules + 8);
}

function aFinder(shot: Shot): Point {
  const away = shot.size / 2 - 3.5;
  const [u, v] = shot.random.pick([
    [-away, -away],
    [away, -away],
    [-away, away],
  ] as const);
  return [u, v];
}

/** A fingertip from outside over a part of a finder pattern. */
function withFingertip(frame: GreyFrame, shot: Shot): GreyFrame {
  const { random } = shot;
  const [u, v] = aFinder(shot);
  const outward = Math.atan2(v, u) + random.between(-0.5, 0.5);
  const radius = random.between(4, 8);
  const away = radius + random.between(-0.5, 3);
  const [x, y] = pixelAt(shot, [u + away * Math.cos(outward), v + away * Math.sin(outward)]);
  const skin = random.between(90, 170);
  const reach = radius * moduleOf(shot);
  return changed(frame, (shade, px, py) => {
    const distance = Math.hypot(px - x, py - y) / reach;
    const cover = Math.min(1, Math.max(0, (1 - distance) * 8));
    return shade + (skin * (1 - 0.3 * distance) - shade) * cover;
  });
}

/** Strokes of a pen over a finder pattern. */
function withPenStrokes(frame: GreyFrame, shot: Shot): GreyFrame {
  const { random } = shot;
  const middle = pixelAt(shot, aFinder(shot));
  const scale = moduleOf(shot);
  const ink = random.pick([20, 235]);
  let drawn = frame;
  for (let i = 0; i < 2; i++) {
    const angle = random.between(0, Math.PI);
    const off = random.between(-2.5, 2.5) * scale;
    const half = random.between(0.35, 0.8) * scale;
    drawn = changed(drawn, (shade, x, y) => {
      const along = (x - middle[0]) * Math.cos(angle) + (y - middle[1]) * Math.sin(angle);
      const across = (y - middle[1]) * Math.cos(angle) - (x - middle[0]) * Math.sin(angle);
      return Math.abs(along) < 6 * scale && Math.abs(across - off) < half ? ink : shade;
    });
  }
  return drawn;
}

/** Around an upright cylinder whose half is as wide as `radius` of the frame. */
function onCylinder(frame: GreyFrame, radius: number): GreyFrame {
  const { width, height } = frame;
  const reach = radius * width;
  return drawnFrom(frame, (x, y) => {
    const across = Math.min(0.999, Math.max(-0.999, (x - width / 2) / reach));
    const depth = reach * (1 - Math.sqrt(1 - across * across));
    const scale = 1 + depth / (2 * height);
    return [width / 2 + reach * Math.asin(across), height / 2 + (y - height / 2) * scale];
  });
}

function shaded(frame: GreyFrame, random: Random): GreyFrame {
  const angle = random.between(0, Math.PI);
  const left = random.between(0.08, 0.3);
  const edge = random.between(-60, 60);
  return changed(frame, (shade, x, y) => {
    const across = (x - size.width / 2) * Math.cos(angle) + (y - size.height / 2) * Math.sin(angle);
    return across > edge ? shade * left : shade;
  });
}

/** Black becomes the first shade, white the second. */
function toned(frame: GreyFrame, gamma: number, [black, white]: readonly [number, number]): GreyFrame {
  return changed(frame, shade => black + (white - black) * (shade / 255) ** gamma);
}

function inverted(frame: GreyFrame): GreyFrame {
  return changed(frame, shade => 255 - shade);
}

/** As by a movement to the side while the picture was taken. */
function smeared({ width, height, grey }: GreyFrame, pixels: number): GreyFrame {
  const count = Math.round(pixels);
  return changed({ width, height, grey }, (_, x, y) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += grey[y * width + Math.min(width - 1, x + i)] ?? 0;
    return sum / count;
  });
}

function noisy(frame: GreyFrame, deviation: number, random: Random): GreyFrame {
  return changed(frame, shade => shade + deviation * random.normal());
}

function drawnFrom(frame: GreyFrame, from: (x: number, y: number) => Point): GreyFrame {
  const { width, height, grey } = frame;
  const at = (x: number, y: number) =>
    grey[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))] ?? 0;
  return changed(frame, (_, x, y) => {
    const [fromX, fromY] = from(x, y);
    const [left, top] = [Math.floor(fromX), Math.floor(fromY)];
    const [right, down] = [fromX - left, fromY - top];
    const upper = at(left, top) * (1 - right) + at(left + 1, top) * right;
    const lower = at(left, top + 1) * (1 - right) + at(left + 1, top + 1) * right;
    return upper * (1 - down) + lower * down;
  });
}

function changed(
  { width, height, grey }: GreyFrame,
  shadeAt: (shade: number, x: number, y: number) => number,
): GreyFrame {
  const to = new Uint8ClampedArray(grey.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) to[i] = shadeAt(grey[i] ?? 0, x, y);
  }
  return { width, height, grey: new Uint8Array(to.buffer) };
}
