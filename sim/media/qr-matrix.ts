/** A QR symbol (ISO/IEC 18004) in byte mode as a square of dark and light modules. */
import QRCode from 'qrcode';

export type ErrorCorrection = 'L' | 'M' | 'Q' | 'H';

export interface QrMatrix {
  /** Modules along one side, without the quiet zone */
  readonly size: number;
  /** 1 is dark, 0 is light; row by row */
  readonly modules: Uint8Array;
}

/** Uses the smallest version that holds `bytes`. @throws if none does */
export function qrMatrix(bytes: Uint8Array, errorCorrection: ErrorCorrection): QrMatrix {
  const segment = { data: bytes, mode: 'byte' as const };
  const { modules } = QRCode.create([segment], { errorCorrectionLevel: errorCorrection });
  return { size: modules.size, modules: Uint8Array.from(modules.data, Number) };
}
