/**
 * YUV4MPEG2, the plain format video tools write to a pipe (`ffmpeg -pix_fmt gray -f yuv4mpegpipe -`): a header
 * line with W (width), H (height) and C (colour) among its tokens, then for each frame a line `FRAME` and the
 * planes, luma first. The luma plane is the grey frame; the colour planes are skipped.
 *
 * Limits: header and frame lines of 256 bytes, 8 bits a sample, 1 × 1 to 1920 × 1080. A header that announces
 * more is refused before anything is allocated.
 */
import { DeviceError } from '../../device/kit/errors.ts';
import type { GreyFrame } from './engine.ts';

export interface Y4mParser {
  /**
   * @returns the frames that `chunk` completes; bytes may be cut anywhere
   * @throws DeviceError protocol; the stream is not usable afterwards
   */
  push(chunk: Uint8Array): GreyFrame[];
}

const maxLineBytes = 256;
const maxWidth = 1920;
const maxHeight = 1080;
const newline = 10;

interface Format {
  readonly width: number;
  readonly height: number;
  readonly chromaBytes: number;
}

/** @param device named in the error */
export function createY4mParser(device: string): Y4mParser {
  let format: Format | undefined;
  let line = '';
  let luma: Uint8Array | undefined;
  let lumaFilled = 0;
  let chromaLeft = 0;

  function protocolError(why: string): DeviceError {
    return new DeviceError('protocol', device, `not a usable YUV4MPEG2 stream: ${why}`);
  }

  /** @returns how many bytes it took */
  function takeLine(bytes: Uint8Array): number {
    const end = bytes.indexOf(newline);
    const taken = end === -1 ? bytes.length : end;
    if (line.length + taken > maxLineBytes) throw protocolError(`a line of more than ${maxLineBytes} bytes`);
    line += Buffer.from(bytes.subarray(0, taken)).toString('latin1');
    if (end === -1) return taken;
    onLine(line);
    line = '';
    return taken + 1;
  }

  function onLine(text: string): void {
    const tokens = text.split(' ');
    if (format === undefined) {
      if (tokens[0] !== 'YUV4MPEG2') throw protocolError('it does not begin with YUV4MPEG2');
      format = formatOf(tokens.slice(1), protocolError);
    } else {
      if (tokens[0] !== 'FRAME') throw protocolError('a frame does not begin with FRAME');
      luma = new Uint8Array(format.width * format.height);
      lumaFilled = 0;
      chromaLeft = format.chromaBytes;
    }
  }

  return {
    push(chunk) {
      const frames: GreyFrame[] = [];
      let rest = chunk;
      while (rest.length > 0) {
        if (format !== undefined && luma !== undefined) {
          const part = rest.subarray(0, luma.length - lumaFilled);
          luma.set(part, lumaFilled);
          lumaFilled += part.length;
          rest = rest.subarray(part.length);
          if (lumaFilled < luma.length) continue;
          frames.push({ width: format.width, height: format.height, grey: luma });
          luma = undefined;
        } else if (chromaLeft > 0) {
          const skipped = Math.min(chromaLeft, rest.length);
          chromaLeft -= skipped;
          rest = rest.subarray(skipped);
        } else {
          rest = rest.subarray(takeLine(rest));
        }
      }
      return frames;
    },
  };
}

function formatOf(tokens: readonly string[], protocolError: (why: string) => DeviceError): Format {
  const tokenValue = (letter: string) => tokens.find(token => token.startsWith(letter))?.slice(1);
  const width = sizeOf(tokenValue('W'));
  const height = sizeOf(tokenValue('H'));
  if (width === 0 || height === 0) throw protocolError('width or height is missing');
  if (width > maxWidth || height > maxHeight) {
    throw protocolError(`frames of more than ${maxWidth} x ${maxHeight}`);
  }
  const chromaBytes = chromaBytesOf(tokenValue('C') ?? '420', width, height);
  if (chromaBytes === undefined) throw protocolError('a colour format other than 8-bit mono or YUV');
  return { width, height, chromaBytes };
}

function sizeOf(digits: string | undefined): number {
  return digits !== undefined && /^\d{1,9}$/.test(digits) ? Number(digits) : 0;
}

function chromaBytesOf(colour: string, width: number, height: number): number | undefined {
  switch (colour) {
    case 'mono':
      return 0;
    case '420':
    case '420jpeg':
    case '420mpeg2':
    case '420paldv':
      return 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
    case '422':
      return 2 * Math.ceil(width / 2) * height;
    case '444':
      return 2 * width * height;
    default:
      return undefined;
  }
}
