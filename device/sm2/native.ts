/**
 * SM2 signatures by node:crypto (OpenSSL), 0.3–0.5 ms each.
 *
 * `createVerify('sm3')` hashes just what it is fed, without the signer's ZA; so ZA goes in first and the result is
 * standard SM2 (GB/T 32918.2: hash = SM3(ZA ‖ message)). `crypto.verify` would add a ZA of an empty id and refuse every
 * standard signature. That leans on behaviour OpenSSL may change: select.ts tests it at start.
 */
import { createHash, createPublicKey, createVerify, ECDH, type KeyObject } from 'node:crypto';
import type { Sm2, Sm2Verify } from '../core/jtt-1179/sm2.ts';
import { isInOrder } from './order.ts';

/** ENTL, the default id 1234567812345678, and the curve's a, b, G (GB/T 32918.5): what ZA hashes before the key. */
const zaPrefix = Buffer.from(
  `0080${Buffer.from('1234567812345678').toString('hex')}` +
    'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc' +
    '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93' +
    '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7' +
    'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
  'hex',
);
/** SubjectPublicKeyInfo of an uncompressed SM2 point, up to the point itself. */
const spkiPrefix = Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d034200', 'hex');

export const nativeSm2: Sm2 = {
  verifier(publicKey) {
    const point = uncompressed(publicKey);
    if (point === undefined) return undefined;
    const za = createHash('sm3').update(zaPrefix).update(point.subarray(1)).digest();
    return verifyWith(
      za,
      createPublicKey({ key: Buffer.concat([spkiPrefix, point]), format: 'der', type: 'spki' }),
    );
  },
};

function verifyWith(za: Buffer, key: KeyObject): Sm2Verify {
  return (message, signature) => {
    if (signature.length !== 64 || !isInOrder(signature)) return false;
    try {
      return createVerify('sm3').update(za).update(message).verify(key, toDer(signature));
    } catch {
      return false;
    }
  };
}

/** @returns 04 ‖ x ‖ y, or undefined for what is no point of the curve (OpenSSL checks) */
function uncompressed(publicKey: Uint8Array): Buffer | undefined {
  const encoded = publicKey.length === 64 ? Buffer.concat([Buffer.of(0x04), publicKey]) : publicKey;
  if (encoded.length !== 65 && encoded.length !== 33) return undefined;
  try {
    // Without an output encoding the result is a Buffer.
    const point = ECDH.convertKey(encoded, 'SM2', undefined, undefined, 'uncompressed');
    return typeof point === 'string' ? undefined : point;
  } catch {
    return undefined;
  }
}

/** r ‖ s as the DER sequence that OpenSSL takes. */
function toDer(signature: Uint8Array): Buffer {
  const body = Buffer.concat([derInteger(signature.subarray(0, 32)), derInteger(signature.subarray(32))]);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}

function derInteger(value: Uint8Array): Buffer {
  const start = value.findIndex(byte => byte !== 0);
  const digits = value.subarray(start);
  const padding = (digits[0] ?? 0) >= 0x80 ? [0x00] : [];
  return Buffer.concat([Buffer.of(0x02, digits.length + padding.length, ...padding), digits]);
}
