/** How a code is held before a camera, as a tester says it: `blurPixels=1.2 rotationDeg=15`. */

import { notKnown } from '../../device/settings/nearest-word.ts';
import type { FrameOptions } from '../media/frame-options.ts';
import { WrongUsage } from '../wrong-usage.ts';

/** From and to: beyond that there is nothing to be seen, or no end of computing. */
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
