/** A grey picture for a technician: as characters in the terminal, or as a PNG file (ISO/IEC 15948). */
import { once } from 'node:events';
import type { GreyPicture } from '../ports.ts';

/** From dark to light, on the usual dark terminal. */
const shades = ' .:-=+*#%@';
const mostColumns = 64;
/** A character is about twice as high as it is wide. */
const heightOfCharacter = 2;

/** Too coarse for any code to be read from it. */
export function asciiOf({ width, height, grey }: GreyPicture): string[] {
  const columns = Math.min(mostColumns, width);
  const rows = Math.max(1, Math.round((height * columns) / width / heightOfCharacter));
  return Array.from({ length: rows }, (_, row) => {
    const top = Math.floor((row * height) / rows);
    const bottom = Math.max(top + 1, Math.floor(((row + 1) * height) / rows));
    const line = Array.from({ length: columns }, (_, column) => {
      const left = Math.floor((column * width) / columns);
      const right = Math.max(left + 1, Math.floor(((column + 1) * width) / columns));
      return shadeOf(mean({ width, grey }, { left, right, top, bottom }));
    });
    return line.join('').trimEnd();
  });
}

function mean(
  { width, grey }: Pick<GreyPicture, 'width' | 'grey'>,
  { left, right, top, bottom }: { left: number; right: number; top: number; bottom: number },
): number {
  let sum = 0;
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += grey[y * width + x] ?? 0;
  return sum / ((right - left) * (bottom - top));
}

function shadeOf(grey: number): string {
  return shades[Math.min(shades.length - 1, Math.floor((grey * shades.length) / 256))] ?? ' ';
}

/** No line is filtered: to choose a filter for each would keep a tap waiting. */
const grey8 = { colorType: 0, inputColorType: 0, bitDepth: 8, inputHasAlpha: false, filterType: 0 } as const;

/** Compressed beside the taps. The package is loaded only where it is needed (decision 020). */
export async function pngOf({ width, height, grey }: GreyPicture): Promise<Uint8Array> {
  const { PNG } = await import('pngjs');
  const png = new PNG({ width, height, ...grey8 });
  png.data = Buffer.from(grey);
  const chunks: Buffer[] = [];
  png.pack().on('data', chunk => chunks.push(chunk));
  await once(png, 'end');
  return Buffer.concat(chunks);
}
