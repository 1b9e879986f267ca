/**
 * The ride code's layout (JT/T 1179-2018): 332 + n bytes, big-endian, raw in a byte-mode QR symbol.
 *
 * 0 version 80..FF; 1–2 length of what follows (329 + n); 3 issuer certificate (117); 120 payment account (16,
 * printable ASCII); 136 card account (10); 146 issuer code (4); 150 code platform (4); 154 account type; 155 cap of
 * a single spend in fen (3); 158 user public key, compressed (33); 191 authorisation expiry (4, Unix seconds);
 * 195 validity in seconds (2); 197 n; 198 issuer's own field (n); then issuer signature (65: 15, r, s),
 * generation time (4), user signature (65).
 */
import { uintBe } from '../bytes.ts';

const minCodeLength = 332;
const maxOwnFieldLength = 32;
const certificateLength = 117;
const signatureMark = 0x15;

export interface RideCodeFields {
  readonly certificate: Uint8Array;
  readonly paymentAccount: string;
  readonly cardAccount: Uint8Array;
  readonly issuerCode: Uint8Array;
  readonly userPublicKey: Uint8Array;
  /** Unix seconds */
  readonly authorisedUntilS: number;
  readonly validityS: number;
  /** Unix seconds */
  readonly generatedAtS: number;
  readonly issuerSigned: Uint8Array;
  /** r ‖ s */
  readonly issuerSignature: Uint8Array;
  readonly userSigned: Uint8Array;
  /** r ‖ s */
  readonly userSignature: Uint8Array;
}

/** Whether the version byte is a ride code's: then anything wrong further on is damage, not another system. */
export function isRideCodeVersion(version: number): boolean {
  return version >= 0x80;
}

/** @returns the fields, or what is wrong with the structure */
export function parseRideCode(code: Uint8Array): RideCodeFields | string {
  const ownLength = code[197] ?? 0;
  const tail = 198 + ownLength;
  if (code.length < minCodeLength) return `${code.length} bytes, at least ${minCodeLength} expected`;
  if (ownLength > maxOwnFieldLength) return `issuer's own field of ${ownLength} bytes`;
  if (code.length !== minCodeLength + ownLength) {
    return `${code.length} bytes, ${minCodeLength + ownLength} expected`;
  }
  if (uintBe(code, 1, 2) !== code.length - 3) return 'the length field does not fit';
  if (code[tail] !== signatureMark || code[tail + 69] !== signatureMark) return 'a signature mark is missing';
  const paymentAccount = printable(code.subarray(120, 136));
  if (paymentAccount === undefined) return 'the payment account is not printable';
  return {
    certificate: code.subarray(3, 3 + certificateLength),
    paymentAccount,
    cardAccount: code.subarray(136, 146),
    issuerCode: code.subarray(146, 150),
    userPublicKey: code.subarray(158, 191),
    authorisedUntilS: uintBe(code, 191, 4),
    validityS: uintBe(code, 195, 2),
    generatedAtS: uintBe(code, tail + 65, 4),
    issuerSigned: code.subarray(3, tail),
    issuerSignature: code.subarray(tail + 1, tail + 65),
    userSigned: code.subarray(0, tail + 69),
    userSignature: code.subarray(tail + 70),
  };
}

function printable(bytes: Uint8Array): string | undefined {
  return bytes.every(byte => byte >= 0x20 && byte <= 0x7e) ? String.fromCharCode(...bytes) : undefined;
}
