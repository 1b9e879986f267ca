/**
 * QR decoding by zxing-cpp compiled to WebAssembly.
 *
 * Traps of zxing-wasm 3.1: it fetches its .wasm from a CDN, under Node too, unless it is handed the bytes; its
 * `readBarcodes` converts from RGBA and leaks some 10 KB per decoded code, because it never deletes the result
 * vector. So the module is called by its own entry point, on grey bytes, with the memory given back each time.
 * Options must be complete: the binding throws on a missing one. `QRCodeModel2` is the ordinary QR code,
 * without Micro QR and rMQR that `QRCode` would take as well.
 *
 * To search for several symbols costs nothing on a frame with one or none, and half a millisecond on one with two.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareZXingModule } from 'zxing-wasm/reader';
import { isRideCode } from '../../device/core/ride-code.ts';
import {
  boxAround,
  createEngine,
  type Effort,
  type FoundCode,
  type GreyFrame,
  maxCodes,
  type QrEngine,
} from './engine.ts';
import { mended } from './mended.ts';
import { type Enlarged, enlargedRestlessPart, fullTone, lightened, softened, toned } from './retouch.ts';

const fast = {
  formats: 'QRCodeModel2',
  maxNumberOfSymbols: maxCodes,
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
const harder = { ...fast, tryHarder: true };
const thorough = { ...fast, tryHarder: true, tryInvert: true, tryDownscale: true };
/** In larger frames a code near the lens has modules so large that only a smaller copy shows its patterns. */
const largePixels = 800 * 600;

const corners = ['topLeft', 'topRight', 'bottomLeft', 'bottomRight'] as const;

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
  get(index: number): {
    readonly isValid: boolean;
    readonly bytes: Uint8Array;
    readonly position: Readonly<Record<(typeof corners)[number], { readonly x: number; readonly y: number }>>;
  };
  delete(): void;
}

/** @throws Error if there is no WebAssembly */
export async function createZxingEngine(): Promise<QrEngine> {
  const wasmPath = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const overrides = { wasmBinary: readFileSync(wasmPath).buffer };
  const module = (await prepareZXingModule({ overrides, fireImmediately: true })) as unknown as ZxingModule;
  return createEngine('zxing', (frame, effort) => search(module, frame, effort));
}

function search(module: ZxingModule, frame: GreyFrame, effort: Effort): FoundCode[] {
  const large = frame.width * frame.height > largePixels;
  if (effort === 'fast') return read(module, frame, large ? fastWhenLarge : fast);
  const found: FoundCode[] = [];
  for (const codes of retouchedLooks(module, frame, large)) {
    found.push(...codes);
    // A sticker that is read easily must not keep the hard code beside it from being looked for.
    if (found.some(({ bytes }) => isRideCode(bytes))) break;
  }
  return found;
}

/** Each costs about as much as a look at the whole frame: those that read most come first. */
function* retouchedLooks(module: ZxingModule, frame: GreyFrame, large: boolean): Generator<FoundCode[]> {
  const tone = fullTone(frame);
  if (tone === undefined) return;
  yield read(module, toned(frame, tone), thorough);
  if (large) return;
  for (const whole of mended(softened(frame, lightened(tone)))) yield read(module, whole, harder);
  const enlarged = enlargedRestlessPart(frame);
  if (enlarged) yield read(module, enlarged.frame, harder).map(code => moved(code, enlarged));
}

function moved({ bytes, box }: FoundCode, { left, top, scale }: Enlarged): FoundCode {
  return {
    bytes,
    box: {
      left: left + box.left / scale,
      top: top + box.top / scale,
      right: left + box.right / scale,
      bottom: top + box.bottom / scale,
    },
  };
}

function read(module: ZxingModule, frame: GreyFrame, options: typeof fast): FoundCode[] {
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
        .map(({ bytes, position }) => ({
          bytes: Uint8Array.from(bytes),
          box: boxAround(corners.map(corner => position[corner])),
        }));
    } finally {
      results.delete();
    }
  } finally {
    module._free(pixels);
  }
}
