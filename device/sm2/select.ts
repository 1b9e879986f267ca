/** Chooses the SM2 implementation at start: the fast one if it proves itself, else the portable one. */
import { fromHex } from '../core/bytes.ts';
import type { Sm2 } from '../core/jtt-1179/sm2.ts';
import { nativeSm2 } from './native.ts';

/** The signature example published with the curve's recommended parameters (GB/T 32918.5, annex A). */
const knownAnswer = {
  message: new TextEncoder().encode('message digest'),
  publicKey: hex(
    '09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020' +
      'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  ),
  signature: hex(
    'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3' +
      'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
  ),
};

export type Sm2Choice = { readonly sm2: Sm2; readonly engine: 'native' | 'portable' };

/** @throws Error when neither implementation verifies the published example */
export async function selectSm2(native = nativeSm2, loadPortable = importPortable): Promise<Sm2Choice> {
  if (passesSelfTest(native)) return { sm2: native, engine: 'native' };
  const portable = await loadPortable();
  if (passesSelfTest(portable)) return { sm2: portable, engine: 'portable' };
  throw new Error('no SM2 implementation passes its self-test');
}

/** Only where it is needed: it takes longer to load than all the other cryptography. */
async function importPortable(): Promise<Sm2> {
  return (await import('./portable.ts')).portableSm2;
}

/** The published signature must verify and must not verify over another message. */
export function passesSelfTest(sm2: Sm2): boolean {
  try {
    const { message, publicKey, signature } = knownAnswer;
    const compressed = Uint8Array.of(0x02 | ((publicKey[63] ?? 0) & 1), ...publicKey.subarray(0, 32));
    const other = Uint8Array.from(message, byte => byte ^ 1);
    return [publicKey, compressed].every(key => {
      const verify = sm2.verifier(key);
      return verify?.(message, signature) === true && verify(other, signature) === false;
    });
  } catch {
    return false;
  }
}

function hex(digits: string): Uint8Array {
  return fromHex(digits) ?? new Uint8Array();
}
