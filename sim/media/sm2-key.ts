/**
 * SM2 key pairs (GB/T 32918) for the simulator's own authorities, issuers and phones. Signatures are standard
 * SM2 with SM3 and the default identity; every key here is a test key.
 */
import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  createSign,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { concatBytes, equalBytes } from '../../device/core/bytes.ts';
import { ascii, hexBytes } from './encoding.ts';

export interface Sm2Key {
  /** 33 bytes: 02 or 03, then x */
  readonly publicCompressed: Uint8Array;
  /** 64 bytes: x, then y */
  readonly publicXy: Uint8Array;
  /** @returns r, then s: 64 bytes */
  sign(message: Uint8Array): Uint8Array;
  /** PKCS#8 DER, for restoreSm2Key */
  exportPkcs8(): Uint8Array;
}

/** ENTL, the default identity, then the curve's a, b, Gx, Gy: what ZA hashes before the public key. */
const zaHead = concatBytes(
  hexBytes('0080'),
  ascii('1234567812345678'),
  hexBytes('FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC'),
  hexBytes('28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93'),
  hexBytes('32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7'),
  hexBytes('BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0'),
);

/** PKCS#8 of an SM2 key up to its 32-byte scalar, and between the scalar and the uncompressed point. */
const pkcs8Head = hexBytes('308187020100301306072A8648CE3D020106082A811CCF5501822D046D306B0201010420');
const pkcs8Middle = hexBytes('A144034200');
/** SPKI of an SM2 key up to x‖y. */
const spkiHead = hexBytes('3059301306072A8648CE3D020106082A811CCF5501822D03420004');

export function createSm2Key(): Sm2Key {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'SM2' });
  // Only a key that has been imported signs as SM2: fresh from the generator it would sign ECDSA.
  return restoreSm2Key(privateKey.export({ type: 'pkcs8', format: 'der' }));
}

/** The same key for the same seed, for test data that must not change between runs. */
export function seededSm2Key(seed: string): Sm2Key {
  const scalar = createHash('sha256').update(seed).digest();
  // Stays below the group order, which begins FFFFFFFE.
  scalar[0] = (scalar[0] ?? 0) & 0x7f;
  const ecdh = createECDH('SM2');
  ecdh.setPrivateKey(scalar);
  return restoreSm2Key(concatBytes(pkcs8Head, scalar, pkcs8Middle, ecdh.getPublicKey()));
}

/** Throws when `pkcs8` is not an SM2 private key in PKCS#8 DER. */
export function restoreSm2Key(pkcs8: Uint8Array): Sm2Key {
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const publicXy = publicPointOf(key);
  const za = createHash('sm3').update(zaHead).update(publicXy).digest();
  return {
    publicCompressed: compress(publicXy),
    publicXy,
    // Node's sm3 signing leaves ZA out; fed in as the message's first bytes it makes the standard signature.
    sign: message => derToRs(createSign('sm3').update(za).update(message).sign(key)),
    exportPkcs8: () => Uint8Array.from(key.export({ type: 'pkcs8', format: 'der' })),
  };
}

function publicPointOf(key: KeyObject): Uint8Array {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  // Node does not name the curve of an imported SM2 key, so its SPKI has to tell.
  if (!equalBytes(spki.subarray(0, -64), spkiHead)) throw new TypeError('not an SM2 key');
  return Uint8Array.from(spki.subarray(-64));
}

function compress(publicXy: Uint8Array): Uint8Array {
  const isYOdd = ((publicXy[63] ?? 0) & 1) === 1;
  return concatBytes(Uint8Array.of(isYOdd ? 0x03 : 0x02), publicXy.subarray(0, 32));
}

/** SEQUENCE { INTEGER r, INTEGER s }, both short enough for one-byte lengths. */
function derToRs(der: Uint8Array): Uint8Array {
  const rLength = der[3] ?? 0;
  const r = der.subarray(4, 4 + rLength);
  return concatBytes(to32Bytes(r), to32Bytes(der.subarray(6 + rLength)));
}

/** Drops DER's sign byte, puts leading zeros back. */
function to32Bytes(integer: Uint8Array): Uint8Array {
  const digits = integer.length > 32 ? integer.subarray(-32) : integer;
  return concatBytes(new Uint8Array(32 - digits.length), digits);
}
