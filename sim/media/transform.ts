/** Maps pixels of the picture to points on a flat thing that is turned and tilted before the camera. */

/** The flat thing's centre and posture as a camera without lens errors sees it. */
export interface Pose {
  readonly centreX: number;
  readonly centreY: number;
  /** Pixels to one unit of the plane, where it is not tilted */
  readonly pixelsPerUnit: number;
  /** Clockwise in the picture */
  readonly rotationDeg: number;
  /** About the picture's horizontal axis */
  readonly tiltXDeg: number;
  /** About the picture's vertical axis */
  readonly tiltYDeg: number;
  /** From camera to plane: the smaller, the stronger the perspective */
  readonly distancePixels: number;
}

type Matrix = readonly [number, number, number, number, number, number, number, number, number];

/** Writes the plane's u and v for the pixel at x, y into `uv`, units from the centre. */
export type PixelToPlane = (x: number, y: number, uv: Float64Array) => void;

export function pixelToPlane(pose: Pose): PixelToPlane {
  const [a, b, c, d, e, f, g, h, i] = invert(planeToPixel(pose));
  return (x, y, uv) => {
    const w = g * x + h * y + i;
    uv[0] = (a * x + b * y + c) / w;
    uv[1] = (d * x + e * y + f) / w;
  };
}

/** The homography of a pinhole camera: the plane's rotation, cut to its two axes, then the division by depth. */
function planeToPixel(pose: Pose): Matrix {
  const { centreX, centreY, distancePixels } = pose;
  const { u, v } = axes(pose);
  return [
    distancePixels * u.x + centreX * u.z,
    distancePixels * v.x + centreX * v.z,
    centreX * distancePixels,
    distancePixels * u.y + centreY * u.z,
    distancePixels * v.y + centreY * v.z,
    centreY * distancePixels,
    u.z,
    v.z,
    distancePixels,
  ];
}

interface Step {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** The movement in pixels of one step along u or v, after turning about z, then tilting about x, then y. */
function axes(pose: Pose): { u: Step; v: Step } {
  const [sinZ, cosZ] = sinCos(pose.rotationDeg);
  const [sinX, cosX] = sinCos(pose.tiltXDeg);
  const [sinY, cosY] = sinCos(pose.tiltYDeg);
  const tilted = (across: number, down: number): Step => {
    const x = across * pose.pixelsPerUnit;
    const y = down * pose.pixelsPerUnit;
    const depth = y * sinX;
    return { x: x * cosY + depth * sinY, y: y * cosX, z: depth * cosY - x * sinY };
  };
  return { u: tilted(cosZ, sinZ), v: tilted(-sinZ, cosZ) };
}

function sinCos(degrees: number): [number, number] {
  const radians = (degrees * Math.PI) / 180;
  return [Math.sin(radians), Math.cos(radians)];
}

/** By the adjugate: the scale of a homography does not matter. */
function invert([a, b, c, d, e, f, g, h, i]: Matrix): Matrix {
  return [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
}
