/** How a code is held before a camera, as a tester says it: `blurPixels=1.2 rotationDeg=15`. */
import type { FrameOptions } from '../media/frame-options.ts';
import { WrongUsage } from '../wrong-usage.ts';

type ViewOption = Exclude<
  keyof FrameOptions,
  | 'width'
  | 'height'
  | 'errorCorrection'
  | 'offsetX'
  | 'offsetY'
  | 'lightDirectionDeg'
  | 'moirePeriodPixels'
  | 'moireDirectionDeg'
  | 'seed'
>;

/** From and to: beyond that there is nothing to be seen, or no end of computing. */
export const viewRanges: Readonly<Record<ViewOption, readonly [number, number]>> = {
  codeHeight: [0.05, 3],
  rotationDeg: [-360, 360],
  tiltXDeg: [-80, 80],
  tiltYDeg: [-80, 80],
  blurPixels: [0, 50],
  noise: [0, 255],
  contrast: [0, 1],
  darkestLight: [0, 1],
  moire: [0, 255],
};

/** @throws WrongUsage */
export function readViewOptions(words: readonly string[]): Partial<Record<ViewOption, number>> {
  return Object.fromEntries(words.map(readViewOption));
}

function readViewOption(word: string): readonly [string, number] {
  const [name = '', value = ''] = word.split('=');
  if (!Object.hasOwn(viewRanges, name)) {
    throw new WrongUsage(`${name}: one of ${Object.keys(viewRanges).join(', ')} is expected`);
  }
  const [least, most] = viewRanges[name as ViewOption];
  const number = Number(value);
  if (value === '' || !(number >= least && number <= most)) {
    throw new WrongUsage(`${name}: a number from ${least} to ${most} is expected, as ${name}=${least}`);
  }
  return [name, number];
}
