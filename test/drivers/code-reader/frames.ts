/** Plain pictures of QR codes for decoder tests: whole pixels, no blur, on grey. */
import { create } from 'qrcode';
import type { GreyFrame } from '../../../drivers/code-reader/engine.ts';

export const frameWidth = 640;
export const frameHeight = 480;

export function blankFrame(shade = 128, width = frameWidth, height = frameHeight): GreyFrame {
  return { width, height, grey: new Uint8Array(width * height).fill(shade) };
}

/** One frame with the codes side by side. */
export function codeFrame(...codes: readonly Uint8Array[]): GreyFrame {
  const frame = blankFrame();
  const column = Math.floor(frameWidth / codes.length);
  for (const [i, code] of codes.entries()) drawCode(frame, code, i * column, column);
  return frame;
}

/** The same pictures on every run. */
export function noiseFrame(seed = 1): GreyFrame {
  const frame = blankFrame();
  let state = seed;
  for (let i = 0; i < frame.grey.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    frame.grey[i] = state >>> 24;
  }
  return frame;
}

function drawCode(frame: GreyFrame, code: Uint8Array, left: number, width: number): void {
  const { modules } = create([{ data: code as unknown as Uint8ClampedArray, mode: 'byte' }], {
    errorCorrectionLevel: 'M',
  });
  const quietModules = 4;
  const moduleSize = Math.floor(Math.min(width, frame.height) / (modules.size + 2 * quietModules));
  const side = moduleSize * (modules.size + 2 * quietModules);
  const x0 = left + ((width - side) >> 1);
  const y0 = (frame.height - side) >> 1;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const row = Math.floor(y / moduleSize) - quietModules;
      const column = Math.floor(x / moduleSize) - quietModules;
      const inside = row >= 0 && column >= 0 && row < modules.size && column < modules.size;
      const dark = inside && modules.get(row, column) === 1;
      frame.grey[(y0 + y) * frame.width + x0 + x] = dark ? 20 : 235;
    }
  }
}

export function y4mHeader({ width, height }: { width: number; height: number }, colour = 'mono'): string {
  return `YUV4MPEG2 W${width} H${height} F30:1 Ip A1:1 C${colour}\n`;
}

export function y4mFrame({ grey }: GreyFrame): Buffer {
  return Buffer.concat([Buffer.from('FRAME\n'), grey]);
}
