/**
 * QR decoding by zxing-cpp compiled to WebAssembly.
 *
 * Traps of zxing-wasm 3.1: it fetches its .wasm from a CDN, under Node too, unless it is handed the bytes; its
 * `readBarcodes` converts from RGBA and leaks some 10 KB per decoded code, because it never deletes the result
 * vector. So the module is called by its own entry point, on grey bytes, with the memory given back each time.
 * Options must be complete: the binding throws on a missing one. `QRCodeModel2` is the ordinary QR code,
 * without Micro QR and rMQR that `QRCode` would take as well.
 *
 * To look for two symbols costs nothing on a frame with one or none, and half a millisecond on one with two.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareZXingModule } from 'zxing-wasm/reader';
import { differentCodes, type Effort, type GreyFrame, hasContrast, type QrEngine } from './engine.ts';

const fast = {
  formats: 'QRCodeModel2',
  maxNumberOfSymbols: 2,
  tryHarder: false,
  tryRotate: false,
  tryInvert: false,
  tryDownscale: false,
  tryDenoise: false,
  binarizer: 0,
  isPure: false,
  downscaleFactor: 3,
  downscaleThreshold: 500,
  minLineCount: 2,
  validateOptionalChecksum: false,
  returnErrors: false,
  eanAddOnSymbol: 0,
  textMode: 0,
  characterSet: 0,
  tryCode39ExtendedMode: true,
};
const fastWhenLarge = { ...fast, tryDownscale: true };
const thorough = { ...fast, tryHarder: true, tryRotate: true, tryInvert: true, tryDownscale: true };
/** In larger frames a code near the lens has modules so large that only a smaller copy shows its patterns. */
const largePixels = 800 * 600;

/** The module as it is; the package's own types lack what comes from Emscripten. */
interface ZxingModule {
  /** Replaced whenever the memory grows: never keep it. */
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  readBarcodesFromPixmap(pixels: number, width: number, height: number, options: typeof fast): ResultVector;
}

interface ResultVector {
  size(): number;
  get(index: number): { readonly isValid: boolean; readonly bytes: Uint8Array };
  delete(): void;
}

/** @throws where WebAssembly is not to be had */
export async function createZxingEngine(): Promise<QrEngine> {
  const wasmPath = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const overrides = { wasmBinary: readFileSync(wasmPath).buffer };
  const module = (await prepareZXingModule({ overrides, fireImmediately: true })) as unknown as ZxingModule;
  return {
    name: 'zxing',
    decode: (frame, effort) => differentCodes(look(module, frame, effort)),
  };
}

function look(module: ZxingModule, frame: GreyFrame, effort: Effort): Uint8Array[] {
  const large = frame.width * frame.height > largePixels;
  if (effort === 'fast') return read(module, frame, large ? fastWhenLarge : fast);
  if (!hasContrast(frame)) return [];
  const codes = read(module, frame, thorough);
  return codes.length > 0 || large ? codes : read(module, upscaled(frame), thorough);
}

function read(module: ZxingModule, frame: GreyFrame, options: typeof fast): Uint8Array[] {
  const { grey, width, height } = frame;
  if (grey.length !== width * height)
    throw new RangeError(`${grey.length} pixels are not ${width} x ${height}`);
  const pixels = module._malloc(grey.length);
  if (pixels === 0) throw new Error(`WebAssembly memory has no room for ${grey.length} bytes`);
  try {
    module.HEAPU8.set(grey, pixels);
    const results = module.readBarcodesFromPixmap(pixels, width, height, options);
    try {
      return Array.from({ length: results.size() }, (_, i) => results.get(i))
        .filter(result => result.isValid)
        .map(result => Uint8Array.from(result.bytes));
    } finally {
      results.delete();
    }
  } finally {
    module._free(pixels);
  }
}

/** Twice the size, in between by the mean of the neighbours: small modules become wide enough to sample. */
function upscaled({ grey, width, height }: GreyFrame): GreyFrame {
  const larger = new Uint8Array(4 * width * height);
  for (let y = 0; y < 2 * height; y++) {
    const row = (y >> 1) * width;
    const nextRow = Math.min(row + (y & 1) * width, (height - 1) * width);
    for (let x = 0; x < 2 * width; x++) {
      const column = x >> 1;
      const nextColumn = Math.min(column + (x & 1), width - 1);
      const sum =
        (grey[row + column] ?? 0) +
        (grey[row + nextColumn] ?? 0) +
        (grey[nextRow + column] ?? 0) +
        (grey[nextRow + nextColumn] ?? 0);
      larger[2 * y * width + x] = sum >> 2;
    }
  }
  return { grey: larger, width: 2 * width, height: 2 * height };
}
