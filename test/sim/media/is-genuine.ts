/** SM2 verification by an implementation that shares nothing with the simulator's. */
import sm from 'sm-crypto-v2';
import { toHex } from '../../../device/core/bytes.ts';
import type { Sm2Key } from '../../../sim/media/sm2-key.ts';

export function isGenuine(
  key: Pick<Sm2Key, 'publicXy'>,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const publicKey = `04${toHex(key.publicXy)}`;
  return sm.sm2.doVerifySignature(message, toHex(signature), publicKey, { hash: true, der: false });
}
