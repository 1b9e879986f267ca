/** A picture that is held before a validator's camera: from its file to the frame that the camera sees. */
import { basename } from 'node:path';
import { messageOf } from '../../device/errors.ts';
import type { GreyFrame } from '../../drivers/code-reader/engine.ts';
import { cameraFrameOf } from '../media/picture.ts';
import { maxFileBytes } from '../media/png.ts';
import { readInput } from '../read-input.ts';
import { WrongUsage } from '../wrong-usage.ts';
import { cameraSize } from './validator-post.ts';

export interface Picture {
  readonly png: Uint8Array;
  /** What results and errors call it. */
  readonly called: string;
}

/** @throws WrongUsage */
export function readPicture(path: string): Picture {
  return { png: readInput(path, maxFileBytes), called: basename(path) };
}

/** @throws WrongUsage for what is no picture */
export function frameOfPicture({ png, called }: Picture): GreyFrame {
  try {
    return cameraFrameOf(png, cameraSize);
  } catch (error) {
    throw new WrongUsage(`${called}: ${messageOf(error)}`);
  }
}
