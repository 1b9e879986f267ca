/** Reads how a tester holds a code before a camera: `blurPixels=1.2 rotationDeg=15`. */
import { WrongUsage } from '../../../device/kit/errors.ts';
import { notKnown } from '../../../device/kit/nearest-word.ts';
import type { FrameOptions } from '../../media/frame-options.ts';

/** Least and most: beyond these nothing is visible, or drawing takes too long. */
const ranges = {
  codeHeight: [0.05, 3],
  rotationDeg: [-360, 360],
  tiltXDeg: [-80, 80],
  tiltYDeg: [-80, 80],
  blurPixels: [0, 50],
  noise: [0, 255],
  contrast: [0, 1],
  darkestLight: [0, 1],
  moire: [0, 255],
  glare: [0, 3],
} as const satisfies Partial<Record<keyof FrameOptions, readonly [number, number]>>;

type ViewOption = keyof typeof ranges;

export const viewOptions = Object.keys(ranges) as ViewOption[];

/** @throws WrongUsage */
export function readViewOptions(words: readonly string[]): Partial<Record<ViewOption, number>> {
  return Object.fromEntries(words.map(readViewOption));
}

function readViewOption(word: string): readonly [ViewOption, number] {
  const [text = '', value = ''] = word.split('=');
  const name = viewOptions.find(option => option === text);
  if (name === undefined) throw new WrongUsage(notKnown(text, viewOptions));
  const [least, most] = ranges[name];
  const number = Number(value);
  if (value === '' || !(number >= least && number <= most)) {
    throw new WrongUsage(`${word}: ${name} is a number from ${least} to ${most}, as ${name}=${least}`);
  }
  return [name, number];
}
