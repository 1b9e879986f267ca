/**
 * Whether a ride code is genuine and valid now (JT/T 1179-2018): certificate, both signatures, all the times.
 *
 * All signatures are SM2 with SM3: the CA signs certificate bytes 6..52, the issuer signs the code from byte 3 up to
 * its signature, the user's phone signs everything before its own. The checks stop at the first that fails.
 */
import { beijingTime } from '../beijing-time.ts';
import { toHex } from '../bytes.ts';
import type { CheckStep, CodeRefusal } from '../medium.ts';
import { type IssuerCertificate, parseCertificate, type RootAuthority } from './certificate.ts';
import { parseRideCode, type RideCodeFields } from './layout.ts';
import type { Sm2, Sm2Verify } from './sm2.ts';

/** A code generated further ahead of the clock than this is refused. */
const aheadToleranceS = 20;
const maxValidityS = 1200;
/** Issuers whose certificates are kept verified; a city has a handful. */
const maxCachedIssuers = 64;

export interface GenuineRideCode {
  /** 20 hex digits; the account a health code is linked to. Personal. */
  readonly account: string;
  /** 16 printable characters. Personal. */
  readonly paymentAccount: string;
  /** 8 hex digits */
  readonly issuer: string;
  /** Unix seconds */
  readonly generatedAtS: number;
  /** Unix seconds */
  readonly expiresAtS: number;
}

export type Jtt1179Check =
  | { readonly code: GenuineRideCode; readonly steps: readonly CheckStep[] }
  | {
      readonly refusal: CodeRefusal;
      readonly steps: readonly CheckStep[];
      /** Where all signatures are good, and only the times speak against it. */
      readonly code?: GenuineRideCode;
    };

/** @param nowS Unix seconds */
export type Jtt1179Checker = (code: Uint8Array, nowS: number) => Jtt1179Check;

type Step = readonly [check: string, detail: string, refusal: CodeRefusal | undefined];

/** Keeps the keys of issuers whose certificates have been verified. */
export function createJtt1179Checker(roots: readonly RootAuthority[], sm2: Sm2): Jtt1179Checker {
  const issuerKeys = createIssuerKeys(sm2);

  function* checkSignatures(
    fields: RideCodeFields,
    certificate: IssuerCertificate,
    nowS: number,
  ): Generator<Step> {
    const authority = authorityOf(roots, certificate);
    yield ['authority known', certificate.authorityId, authority ? undefined : 'unknown-authority'];
    if (authority === undefined) return;
    const expiresAt = Math.min(certificate.expiresAt, authority.expiresAt);
    const expired = !(nowS * 1000 < expiresAt);
    yield [
      'certificate in date',
      `until ${beijingTime(expiresAt)}`,
      expired ? 'certificate-expired' : undefined,
    ];
    const issuerKey = issuerKeys(fields.certificate, certificate, authority.verify);
    yield ['certificate signed by authority', 'SM2', issuerKey ? undefined : 'bad-certificate'];
    const issued = issuerKey?.(fields.issuerSigned, fields.issuerSignature) === true;
    yield ['signed by issuer', toHex(fields.issuerCode), issued ? undefined : 'bad-issuer-signature'];
    const shown = sm2.verifier(fields.userPublicKey)?.(fields.userSigned, fields.userSignature) === true;
    yield ["signed by the passenger's phone", 'SM2', shown ? undefined : 'bad-user-signature'];
  }

  return (bytes, nowS) => {
    const fields = parseRideCode(bytes);
    if (typeof fields === 'string') return malformed(fields);
    const certificate = parseCertificate(fields.certificate);
    if (typeof certificate === 'string') return malformed(certificate);
    const steps: CheckStep[] = [{ check: 'structure', ok: true, detail: `JT/T 1179, ${bytes.length} bytes` }];
    const firstRefusal = (checks: Iterable<Step>) => {
      for (const [name, detail, refusal] of checks) {
        steps.push({ check: name, ok: refusal === undefined, detail });
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    };
    const forged = firstRefusal(checkSignatures(fields, certificate, nowS));
    if (forged !== undefined) return { refusal: forged, steps };
    const code = describe(fields);
    const untimely = firstRefusal(checkTimes(fields, nowS));
    return untimely === undefined ? { code, steps } : { refusal: untimely, steps, code };
  };
}

/** Several records may have one id, as when a key is replaced: this finds the one that signed. */
function authorityOf(
  roots: readonly RootAuthority[],
  certificate: IssuerCertificate,
): RootAuthority | undefined {
  const named = roots.filter(({ id }) => id === certificate.authorityId);
  if (named.length < 2) return named[0];
  return named.find(({ verify }) => verify(certificate.signed, certificate.signature)) ?? named[0];
}

function* checkTimes(fields: RideCodeFields, nowS: number): Generator<Step> {
  const { authorisedUntilS, generatedAtS, validityS } = fields;
  const authorised = nowS <= authorisedUntilS;
  yield [
    'authorised',
    `until ${beijingTime(authorisedUntilS * 1000)}`,
    authorised ? undefined : 'authorisation-expired',
  ];
  const expiresAtS = generatedAtS + validityS;
  yield [
    'not expired',
    `until ${beijingTime(expiresAtS * 1000)}`,
    nowS <= expiresAtS ? undefined : 'expired',
  ];
  const started = generatedAtS <= nowS + aheadToleranceS;
  yield [
    'not from the future',
    `made ${beijingTime(generatedAtS * 1000)}`,
    started ? undefined : 'not-yet-valid',
  ];
  const tooLong = validityS > maxValidityS;
  yield ['not too long-lived', `${validityS} s of ${maxValidityS}`, tooLong ? 'too-long-lived' : undefined];
}

/** An issuer certificate is verified once; its key is then kept, newest use last. */
function createIssuerKeys(sm2: Sm2) {
  const kept = new Map<string, Sm2Verify>();
  return (bytes: Uint8Array, certificate: IssuerCertificate, verifyByAuthority: Sm2Verify) => {
    const id = toHex(bytes);
    const key = kept.get(id) ?? verifiedKey();
    if (key === undefined) return undefined;
    kept.delete(id);
    kept.set(id, key);
    for (const oldest of kept.keys()) {
      if (kept.size <= maxCachedIssuers) break;
      kept.delete(oldest);
    }
    return key;

    function verifiedKey(): Sm2Verify | undefined {
      if (!verifyByAuthority(certificate.signed, certificate.signature)) return undefined;
      return sm2.verifier(certificate.publicKey);
    }
  };
}

function malformed(detail: string): Jtt1179Check {
  return { refusal: 'malformed', steps: [{ check: 'structure', ok: false, detail }] };
}

function describe(fields: RideCodeFields): GenuineRideCode {
  return {
    account: toHex(fields.cardAccount),
    paymentAccount: fields.paymentAccount,
    issuer: toHex(fields.issuerCode),
    generatedAtS: fields.generatedAtS,
    expiresAtS: fields.generatedAtS + fields.validityS,
  };
}
