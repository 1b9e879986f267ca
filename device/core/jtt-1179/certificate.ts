/**
 * The certificate chain of ride codes (JT/T 1179-2018): 144-byte root CA records, 117-byte issuer certificates.
 *
 * Root record: 0 tag 21; 1–4 service id; 5–9 RID A000000632; 10 key index; 11–12 expiry MMYY in BCD; 13 algorithm
 * (04 = SM2); 14 parameter; 15 key length (40); 16–79 X ‖ Y; 80–143 self-signature r ‖ s over bytes 0..79.
 * Certificate: 0 tag 24; 1–4 service id; 5 CA key index; 6 format 12; 7–10 issuer id; 11–12 expiry MMYY in BCD, valid
 * to the end of that month; 13–15 serial; 16 signature algorithm 04; 17 encryption algorithm 04; 18 parameter;
 * 19 key length 21; 20–52 issuer public key, compressed; 53–116 CA signature r ‖ s over bytes 6..52.
 */
import { bcdDigits, equalBytes, fromHex, toHex } from '../bytes.ts';
import type { Sm2, Sm2Verify } from './sm2.ts';

export interface RootAuthority {
  /** Service id and key index, by which a certificate names it. */
  readonly id: string;
  /** First instant at which it is no longer valid; Unix milliseconds. */
  readonly expiresAt: number;
  readonly verify: Sm2Verify;
}

export interface IssuerCertificate {
  /** The root authority it names. */
  readonly authorityId: string;
  readonly expiresAt: number;
  readonly publicKey: Uint8Array;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

const rootRecordLength = 144;
const rid = fromHex('a000000632') ?? new Uint8Array();
const sm2Algorithm = 0x04;

/** @returns the authority, or what is wrong with the record */
export function parseRootRecord(record: Uint8Array, sm2: Sm2): RootAuthority | string {
  if (record.length !== rootRecordLength) return `${record.length} bytes, ${rootRecordLength} expected`;
  if (record[0] !== 0x21) return 'does not begin with 21';
  if (!equalBytes(record.subarray(5, 10), rid)) return 'RID is not A000000632';
  if (record[13] !== sm2Algorithm) return 'the algorithm is not SM2 (04)';
  if (record[15] !== 0x40) return 'the key length is not 40';
  const expiresAt = endOfMonth(record.subarray(11, 13));
  if (expiresAt === undefined) return 'the expiry is not MMYY';
  const verify = sm2.verifier(record.subarray(16, 80));
  if (verify === undefined) return 'the key is not a point of the curve';
  if (!verify(record.subarray(0, 80), record.subarray(80))) return 'the self-signature does not verify';
  return { id: toHex(record.subarray(1, 5)) + toHex(record.subarray(10, 11)), expiresAt, verify };
}

/** @returns the certificate's fields, or what is wrong with its structure */
export function parseCertificate(bytes: Uint8Array): IssuerCertificate | string {
  if (bytes[0] !== 0x24) return 'certificate does not begin with 24';
  if (bytes[6] !== 0x12) return 'certificate format is not 12';
  if (bytes[16] !== sm2Algorithm) return 'certificate algorithm is not SM2 (04)';
  if (bytes[19] !== 0x21) return 'certificate key length is not 21';
  const expiresAt = endOfMonth(bytes.subarray(11, 13));
  if (expiresAt === undefined) return 'certificate expiry is not MMYY';
  return {
    authorityId: toHex(bytes.subarray(1, 6)),
    expiresAt,
    publicKey: bytes.subarray(20, 53),
    signed: bytes.subarray(6, 53),
    signature: bytes.subarray(53),
  };
}

/** @returns the first instant after the month MMYY (BCD, 20YY) in Beijing, Unix milliseconds */
function endOfMonth(mmyy: Uint8Array): number | undefined {
  const digits = bcdDigits(mmyy);
  const month = Number(digits?.slice(0, 2));
  if (digits === undefined || month < 1 || month > 12) return undefined;
  return Date.UTC(2000 + Number(digits.slice(2)), month, 1) - 8 * 3_600_000;
}
