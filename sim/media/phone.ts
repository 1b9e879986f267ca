/** A passenger's phone that shows ride codes in the layout of JT/T 1179-2018, 332 bytes and up, big-endian. */
import { concatBytes } from '../../device/core/bytes.ts';
import type { Issuer } from './authority.ts';
import { ascii, exactly, hexBytes, uintBytes } from './encoding.ts';
import { createSm2Key, type Sm2Key } from './sm2-key.ts';

/** Every field of a code that is not a key, a signature or a length. */
export interface CodeFields {
  /** 0x80 to 0xFF in genuine codes */
  readonly version: number;
  /** 20 hex digits: the number a health code is linked to */
  readonly account: string;
  /** 16 printable ASCII characters */
  readonly paymentAccount: string;
  /** 8 hex digits, as codePlatform */
  readonly issuerCode: string;
  readonly codePlatform: string;
  readonly accountType: number;
  /** The most one ride may cost, in fen */
  readonly spendCapFen: number;
  /** Until when the issuer lets this phone make codes; Unix milliseconds, a day after `at` when left out */
  readonly authorisedUntil?: number;
  /** How long a code may be shown after it was made */
  readonly validityS: number;
  /** The issuer's own field, 0 to 32 bytes in genuine codes */
  readonly ownField: Uint8Array;
}

export interface PhoneOptions extends Partial<CodeFields> {
  readonly issuer: Issuer;
  readonly key?: Sm2Key;
}

export interface ShowOptions extends Partial<CodeFields> {
  /** Generation time, Unix milliseconds; codes carry whole seconds */
  readonly at: number;
}

export interface Phone {
  /** A new code, freshly signed: two calls never give the same bytes. */
  showCode(options: ShowOptions): Uint8Array;
}

const defaults: CodeFields = {
  version: 0x81,
  account: '31051000000000000001',
  paymentAccount: '0000000000000001',
  issuerCode: '01011000',
  codePlatform: '01011000',
  accountType: 0,
  spendCapFen: 2000,
  validityS: 60,
  ownField: new Uint8Array(0),
};

const dayMs = 86_400_000;
const signatureMark = Uint8Array.of(0x15);

export function createPhone({ issuer, key = createSm2Key(), ...phoneFields }: PhoneOptions): Phone {
  return {
    showCode({ at, ...codeFields }) {
      const fields: CodeFields = { ...defaults, ...phoneFields, ...codeFields };
      const granted = issuerPart(fields, issuer, key, at);
      // The version, the two length bytes, then the rest up to the end of the user's signature.
      const head = concatBytes(uintBytes(fields.version, 1), uintBytes(granted.length + 65 + 4 + 65, 2));
      const issuerSigned = concatBytes(head, granted, signatureMark, issuer.key.sign(granted));
      const userPart = concatBytes(issuerSigned, secondsBytes(at));
      return concatBytes(userPart, signatureMark, key.sign(userPart));
    },
  };
}

/** Bytes 3 to 198 + n: what the issuer's server grants and signs. */
function issuerPart(fields: CodeFields, issuer: Issuer, key: Sm2Key, at: number): Uint8Array {
  return concatBytes(
    exactly(117, 'certificate', issuer.certificate),
    exactly(16, 'payment account', ascii(fields.paymentAccount)),
    exactly(10, 'account', hexBytes(fields.account)),
    exactly(4, 'issuer code', hexBytes(fields.issuerCode)),
    exactly(4, 'code platform', hexBytes(fields.codePlatform)),
    uintBytes(fields.accountType, 1),
    uintBytes(fields.spendCapFen, 3),
    key.publicCompressed,
    secondsBytes(fields.authorisedUntil ?? at + dayMs),
    uintBytes(fields.validityS, 2),
    uintBytes(fields.ownField.length, 1),
    fields.ownField,
  );
}

/** @param time Unix milliseconds */
function secondsBytes(time: number): Uint8Array {
  return uintBytes(Math.floor(time / 1000), 4);
}
