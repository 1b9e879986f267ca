/** SM2 signatures by sm-crypto-v2, pure JavaScript, some 4 ms each: where OpenSSL's SM2 fails its self-test. */
import sm from 'sm-crypto-v2';
import type { Sm2 } from '../core/jtt-1179/sm2.ts';
import { isInOrder } from './order.ts';

export const portableSm2: Sm2 = {
  verifier(publicKey) {
    const encoded = (publicKey.length === 64 ? '04' : '') + Buffer.from(publicKey).toString('hex');
    if (!isPoint(encoded)) return undefined;
    return (message, signature) => {
      if (signature.length !== 64 || !isInOrder(signature)) return false;
      try {
        const hex = Buffer.from(signature).toString('hex');
        return sm.sm2.doVerifySignature(message, hex, encoded, { hash: true, der: false });
      } catch {
        return false;
      }
    };
  },
};

function isPoint(encoded: string): boolean {
  try {
    return sm.sm2.verifyPublicKey(encoded);
  } catch {
    return false;
  }
}
