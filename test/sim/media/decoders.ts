/** Two QR decoders, used bare so that frames are judged without the firmware's own way of decoding. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import jsqr from 'jsqr';
import {
  defaultReaderOptions,
  prepareZXingModule,
  type ZXingReaderOptions,
  type ZXingReadResult,
} from 'zxing-wasm/reader';
import type { GreyFrame } from '../../../drivers/code-reader/engine.ts';

/** @returns the bytes of the codes found */
export type Decode = (frame: GreyFrame) => Uint8Array[];

/** The module's own face, which the package's types leave out where they need Emscripten's. */
interface ReaderModule {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  readonly HEAPU8: Uint8Array;
  readBarcodesFromPixmap(
    pointer: number,
    width: number,
    height: number,
    options: ZXingReaderOptions,
  ): { size(): number; get(index: number): ZXingReadResult | undefined; delete(): void };
}

/** zxing-wasm on raw grey pixels with its fast options. */
export async function zxingDecoder(maxNumberOfSymbols = 1): Promise<Decode> {
  const wasm = readFileSync(fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')));
  const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer;
  const overrides: object = { wasmBinary };
  const prepared: unknown = await prepareZXingModule({ overrides, fireImmediately: true });
  const module = prepared as ReaderModule;
  const options: ZXingReaderOptions = {
    ...defaultReaderOptions,
    formats: 'QRCodeModel2',
    tryHarder: false,
    tryRotate: false,
    tryInvert: false,
    tryDownscale: false,
    maxNumberOfSymbols,
    // LocalAverage, Ignore, Plain and Unknown, as the module numbers them.
    binarizer: 0,
    eanAddOnSymbol: 0,
    textMode: 0,
    characterSet: 0,
  };
  return ({ width, height, grey }) => {
    const pointer = module._malloc(grey.length);
    module.HEAPU8.set(grey, pointer);
    const results = module.readBarcodesFromPixmap(pointer, width, height, options);
    const found: Uint8Array[] = [];
    for (let i = 0; i < results.size(); i++) {
      const result = results.get(i);
      if (result) found.push(Uint8Array.from(result.bytes));
    }
    results.delete();
    module._free(pointer);
    return found;
  };
}

export const decodeWithJsqr: Decode = ({ width, height, grey }) => {
  const rgba = new Uint8ClampedArray(4 * grey.length);
  grey.forEach((value, i) => {
    rgba.fill(value, 4 * i, 4 * i + 3);
    rgba[4 * i + 3] = 255;
  });
  const code = jsqr.default(rgba, width, height, { inversionAttempts: 'dontInvert' });
  return code ? [Uint8Array.from(code.binaryData)] : [];
};
