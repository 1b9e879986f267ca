/** Opens the QR engine asked for, or the fallback, and warms it up. */
import { messageOf } from '../../device/kit/errors.ts';
import type { EngineName, GreyFrame, QrEngine } from './engine.ts';

export interface OpenedEngine {
  readonly engine: QrEngine;
  /** Why it is not the engine asked for. */
  readonly fallback: string | undefined;
}

/** If WebAssembly is unavailable (`--jitless`, an exotic CPU, little memory), jsQR stands in for zxing. */
export async function openEngine(name: EngineName): Promise<OpenedEngine> {
  if (name === 'jsqr') return { engine: await openJsqr(), fallback: undefined };
  try {
    const { createZxingEngine } = await import('./zxing-engine.ts');
    return { engine: await createZxingEngine(), fallback: undefined };
  } catch (error) {
    return { engine: await openJsqr(), fallback: `no WebAssembly decoder: ${messageOf(error)}` };
  }
}

async function openJsqr(): Promise<QrEngine> {
  const { createJsqrEngine } = await import('./jsqr-engine.ts');
  return createJsqrEngine();
}

/** The first decode compiles what it runs, and takes some thirty times as long as the fifth. */
export function warmUp(engine: QrEngine): void {
  const frame = warmUpFrame();
  for (let i = 0; i < 5; i++) engine.decode(frame, 'fast');
}

/** A whole code, so that decoding is compiled as well as looking: version 1, one number per row of modules. */
const warmUpRows = [
  0x1fcb7f, 0x105441, 0x174c5d, 0x17435d, 0x17515d, 0x104141, 0x1fd57f, 0x000700, 0x154212, 0x01904f,
  0x02751c, 0x082c4f, 0x07e550, 0x0016ac, 0x1fcaea, 0x1043bd, 0x1756ed, 0x174466, 0x175915, 0x10484f,
  0x1fdd4d,
];

function warmUpFrame(): GreyFrame {
  const moduleSize = 8;
  const margin = 32;
  const width = 2 * margin + moduleSize * warmUpRows.length;
  const grey = new Uint8Array(width * width).fill(255);
  warmUpRows.forEach((modules, row) => {
    for (let column = 0; column < warmUpRows.length; column++) {
      if (((modules >> (warmUpRows.length - 1 - column)) & 1) === 0) continue;
      for (let y = 0; y < moduleSize; y++) {
        const start = (margin + row * moduleSize + y) * width + margin + column * moduleSize;
        grey.fill(0, start, start + moduleSize);
      }
    }
  });
  return { width, height: width, grey };
}
