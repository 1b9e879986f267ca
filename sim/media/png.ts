/** Grey frames as PNG files (W3C PNG, ISO/IEC 15948): for testers to look at and `inspect code --frame` to read. */
import { PNG } from 'pngjs';
import { messageOf } from '../../device/kit/errors.ts';
import type { GreyFrame } from '../../drivers/code-reader/engine.ts';

export const maxFileBytes = 32 * 1024 * 1024;
const maxSidePixels = 4096;
const maxPixels = 16 * 1024 * 1024;

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
const headerBytes = 33;

export function writePng({ width, height, grey }: GreyFrame): Uint8Array {
  const png = new PNG({ width, height, inputColorType: 0, colorType: 0, bitDepth: 8, inputHasAlpha: false });
  png.data = Buffer.from(grey);
  return PNG.sync.write(png, { colorType: 0, inputColorType: 0, inputHasAlpha: false });
}

/** Any colour turns to grey, any transparency to white. Throws an Error that says what is wrong with the file. */
export function readPng(file: Uint8Array): GreyFrame {
  checkHeader(Buffer.from(file.buffer, file.byteOffset, file.byteLength));
  const { width, height, data } = decode(file);
  const grey = new Uint8Array(width * height);
  const channel = (pixel: number, index: number) => data[4 * pixel + index] ?? 0;
  for (let i = 0; i < grey.length; i++) {
    // ITU-R BT.601, the weights of cameras and ffmpeg.
    const luma = 0.299 * channel(i, 0) + 0.587 * channel(i, 1) + 0.114 * channel(i, 2);
    grey[i] = Math.round(255 + ((luma - 255) * channel(i, 3)) / 255);
  }
  return { width, height, grey };
}

function decode(file: Uint8Array): PNG {
  try {
    return PNG.sync.read(Buffer.from(file));
  } catch (error) {
    throw new Error(`PNG: cannot be decoded: ${messageOf(error)}`, { cause: error });
  }
}

/** Checks before decoding: a small file can claim, or unpack to, more than the memory holds. */
function checkHeader(file: Buffer): void {
  if (file.length > maxFileBytes) throw new Error(`PNG: ${file.length} bytes, more than ${maxFileBytes}`);
  if (!file.subarray(0, 8).equals(signature)) throw new Error('PNG: not a PNG file');
  if (file.length < headerBytes || file.toString('latin1', 12, 16) !== 'IHDR') {
    throw new Error('PNG: no header');
  }
  if (countHeaders(file) > 1) throw new Error('PNG: more than one header');
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  if (width === 0 || height === 0) throw new Error('PNG: no pixels');
  if (Math.max(width, height) > maxSidePixels || width * height > maxPixels) {
    throw new Error(`PNG: ${width}×${height} pixels, more than ${maxSidePixels}×${maxSidePixels}`);
  }
  // pngjs unpacks interlaced files without a limit.
  if (file[28] !== 0) throw new Error('PNG: interlaced files are not read');
}

/** Refuses a second header, which the decoder would believe. */
function countHeaders(file: Buffer): number {
  let count = 0;
  for (let at = 8; at + 8 <= file.length; at += 12 + file.readUInt32BE(at)) {
    if (file.toString('latin1', at + 4, at + 8) === 'IHDR') count++;
  }
  return count;
}
