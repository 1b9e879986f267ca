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
/** What the length field says of the shortest code: all but the version and the field itself. */
const minFollowing = minCodeLength - 3;
const maxOwnFieldLength = 32;
const certificateLength = 117;
const signatureMark = 0x15;
const certificateMark = 0x24;
const certificateFormat = 0x12;
/** Version, length, the certificate's first byte. */
const headBytes = 4;
/** Where the certificate's format stands. */
const formatAt = 9;

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

/** Whether the head is a ride code's: its version, and the length of all that follows. */
export function hasRideCodeHead(code: Uint8Array): boolean {
  return isRideCodeVersion(code[0] ?? 0) && code.length > 3 && uintBe(code, 1, 2) === code.length - 3;
}

/**
 * Whether a code may begin here, as far as the bytes go. Elsewhere it looks so once in a billion places, and once in
 * a million near the end.
 * @param at less than the number of bytes
 */
export function mayBegin(bytes: Uint8Array, at: number): boolean {
  if (!isRideCodeVersion(bytes[at] ?? 0)) return false;
  const following = (bytes[at + 1] ?? minFollowing >> 8) * 256 + (bytes[at + 2] ?? minFollowing & 0xff);
  return (
    following >= minFollowing &&
    following <= minFollowing + maxOwnFieldLength &&
    (bytes[at + 3] ?? certificateMark) === certificateMark &&
    (bytes[at + formatAt] ?? certificateFormat) === certificateFormat
  );
}

/** @returns how long a code is that begins here, by its own word; undefined if none does, or its head is not all there */
export function announcedLength(bytes: Uint8Array, at: number): number | undefined {
  if (bytes.length - at < headBytes || !mayBegin(bytes, at)) return undefined;
  return 3 + uintBe(bytes, at + 1, 2);
}

/** Whether the bytes have a ride code's structure; that says nothing of whose it is. */
export function hasStructure(bytes: Uint8Array): boolean {
  return typeof parseRideCode(bytes) !== 'string';
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
