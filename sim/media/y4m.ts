/** Grey video as YUV4MPEG2 (mjpegtools' yuv4mpeg(5)), the raw stream of ffmpeg and cameras. */
import { concatBytes } from '../../device/core/bytes.ts';
import type { GreyFrame } from '../../drivers/code-reader/engine.ts';
import { ascii } from './encoding.ts';

/** The stream's first line: progressive, square pixels, one byte of grey to the pixel. */
export function y4mHeader(width: number, height: number, framesPerSecond = 25): Uint8Array {
  return ascii(`YUV4MPEG2 W${width} H${height} F${framesPerSecond}:1 Ip A1:1 Cmono\n`);
}

/** One picture, of the header's size. */
export function y4mFrame(frame: Pick<GreyFrame, 'grey'>): Uint8Array {
  return concatBytes(ascii('FRAME\n'), frame.grey);
}
