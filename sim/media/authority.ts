/** The root CA and the issuers it certifies, with the record and certificate layouts of JT/T 1179-2018. */
import { concatBytes } from '../../device/core/bytes.ts';
import { bcd, hexBytes, uintBytes } from './encoding.ts';
import { createSm2Key, type Sm2Key } from './sm2-key.ts';

export interface Authority {
  /** 144 bytes, self-signed: what a validator is given to trust. */
  readonly rootRecord: Uint8Array;
  /** Certifies a key; the certificate is 117 bytes. */
  issue(options?: IssueOptions): Issuer;
}

/** Who signs what a phone shows, up to the generation time. */
export interface Issuer {
  readonly certificate: Uint8Array;
  readonly key: Sm2Key;
}

export interface AuthorityOptions {
  /** CA key index, 0 to 255 */
  readonly index?: number;
  /** MMYY */
  readonly expiry?: string;
  readonly key?: Sm2Key;
}

export interface IssueOptions {
  /** The CA key the certificate claims; the authority's own when left out */
  readonly index?: number;
  /** 8 digits */
  readonly issuerId?: string;
  /** MMYY: valid to the end of that month */
  readonly expiry?: string;
  /** 0 to 16,777,215 */
  readonly serial?: number;
  readonly key?: Sm2Key;
}

const serviceId = hexBytes('01010000');
const rid = hexBytes('A000000632');
const sm2 = 0x04;
const curveParameter = 0x00;

export function createAuthority(options: AuthorityOptions = {}): Authority {
  const { index = 1, expiry = '1249', key = createSm2Key() } = options;
  return {
    rootRecord: rootRecord(index, expiry, key),
    issue: (issueOptions = {}) => issue(key, { index, ...issueOptions }),
  };
}

/** 0x21, service 4, RID 5, index, MMYY 2, algorithm, parameter, length of one coordinate pair, x‖y, r‖s. */
function rootRecord(index: number, expiry: string, key: Sm2Key): Uint8Array {
  const body = concatBytes(
    Uint8Array.of(0x21),
    serviceId,
    rid,
    uintBytes(index, 1),
    bcd(expiry, 4),
    Uint8Array.of(sm2, curveParameter, 0x40),
    key.publicXy,
  );
  return concatBytes(body, key.sign(body));
}

function issue(authorityKey: Sm2Key, options: IssueOptions): Issuer {
  const { index = 1, issuerId = '01011000', expiry = '1249', serial = 1, key = createSm2Key() } = options;
  const unsigned = concatBytes(Uint8Array.of(0x24), serviceId, uintBytes(index, 1));
  const signed = concatBytes(
    Uint8Array.of(0x12),
    bcd(issuerId, 8),
    bcd(expiry, 4),
    uintBytes(serial, 3),
    Uint8Array.of(sm2, sm2, curveParameter, 0x21),
    key.publicCompressed,
  );
  return { certificate: concatBytes(unsigned, signed, authorityKey.sign(signed)), key };
}
