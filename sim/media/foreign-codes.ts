/** Samples of the other QR codes passengers hold up, by the prefixes their schemes are known for. */
import { concatBytes } from '../../device/core/bytes.ts';
import { ascii } from './encoding.ts';
import { createRandom } from './random.ts';

/** Only the beginnings are genuine: nothing behind a prefix is public, so filler stands there. */
export const foreignCodes = {
  alipay: binary([0x02, 0x01], 228),
  'city-card-1': binary([0x54, 0x01], 248),
  'city-card-2': binary([0x54, 0x02], 248),
  'other-platform': binary([0x55], 199),
  tencent: ascii('TXADBCGkYfMJ2w0pXUv8Qe71nTzLh5sRkO4iWbF3gVd9yCxPjEaKm6uBrHt'),
  unionpay: ascii('6220123456789012345'),
  url: ascii('https://example.com/pay?table=7'),
} as const satisfies Record<string, Uint8Array>;

function binary(prefix: readonly number[], fillerBytes: number): Uint8Array {
  return concatBytes(Uint8Array.from(prefix), createRandom(fillerBytes).bytes(fillerBytes));
}
