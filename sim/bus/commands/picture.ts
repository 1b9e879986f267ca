/** Reads a picture file as the frame that a camera sees when the picture is held before it. */
import { basename } from 'node:path';
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import { readInput } from '../../../device/kit/input-file.ts';
import type { GreyFrame } from '../../../drivers/code-reader/engine.ts';
import { cameraFrameOf } from '../../media/picture.ts';
import { maxFileBytes } from '../../media/png.ts';
import { cameraSize } from '../validator-post.ts';

/** @throws WrongUsage for a file that is no picture */
export function readPicture(path: string): { readonly called: string; readonly frame: GreyFrame } {
  const called = basename(path);
  const png = readInput(path, maxFileBytes);
  try {
    return { called, frame: cameraFrameOf(png, cameraSize) };
  } catch (error) {
    throw new WrongUsage(`${called}: ${messageOf(error)}`);
  }
}
