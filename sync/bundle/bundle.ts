/**
 * A bundle's bytes: signed by the provisioning authority, sealed for one validator (docs/formats/bundle.md).
 *
 * The signature is over what is sealed, and is looked at first: nothing that the authority has not made is decrypted or parsed.
 */
import { createHash, sign, verify } from 'node:crypto';
import { Refused } from '../../device/kit/errors.ts';
import { openWith, sealTo } from '../keys/hpke.ts';
import { privateKeyOf, publicHalfOf, verifyingKeyOf } from '../uplink/ed25519.ts';
import { type BundleContent, contentBytes, readContent } from './content.ts';
import { fingerprintOf } from './fingerprint.ts';

export const maxBundleBytes = 1 << 20;

const magic = Buffer.from('fvbundle');
const version = 1;
const authorityAt = magic.length + 1;
const recipientAt = authorityAt + 32;
const numberAt = recipientAt + 16;
const lengthAt = numberAt + 8;
const headBytes = lengthAt + 4;
const signatureBytes = 64;
const info = 'fare-validator bundle 1';
const signed = Buffer.from('fare-validator bundle\n');

export interface BundleHead {
  /** Ed25519, 32 bytes: who says that it has signed it. */
  readonly authority: Buffer;
  /** By which a reader over the telephone knows the authority. */
  readonly fingerprint: string;
  /** 16 bytes: whom it is sealed for. */
  readonly recipient: Buffer;
  /** Higher in each bundle for a validator. */
  readonly number: number;
}

/** @param authoritySeed Ed25519. @param publicKey the validator's, raw X25519 */
export async function sealBundle(
  content: BundleContent,
  {
    authoritySeed,
    publicKey,
    number,
  }: { readonly authoritySeed: Uint8Array; readonly publicKey: Uint8Array; readonly number: number },
): Promise<Buffer> {
  const plain = contentBytes(content);
  const head = Buffer.alloc(headBytes);
  magic.copy(head);
  head[magic.length] = version;
  publicHalfOf(authoritySeed).copy(head, authorityAt);
  recipientOf(publicKey).copy(head, recipientAt);
  head.writeBigUInt64BE(BigInt(number), numberAt);
  head.writeUInt32BE(32 + plain.length + 16, lengthAt);
  const body = Buffer.concat([head, await sealTo(publicKey, info, plain, head.toString('hex'))]);
  if (body.length + signatureBytes > maxBundleBytes)
    throw new Refused(`${body.length + signatureBytes} bytes: a bundle has at most ${maxBundleBytes}`);
  return Buffer.concat([body, sign(null, Buffer.concat([signed, body]), privateKeyOf(authoritySeed))]);
}

/** What stands in front, not verified yet. @throws Refused for what is no whole bundle */
export function readHead(bundle: Buffer): BundleHead {
  if (bundle.length > maxBundleBytes)
    throw new Refused(`${bundle.length} bytes: a bundle has at most ${maxBundleBytes}`);
  if (!bundle.subarray(0, magic.length).equals(magic.subarray(0, Math.max(1, bundle.length))))
    throw new Refused('this file is no bundle');
  if (bundle.length < headBytes) throw cutOff(bundle.length, headBytes);
  if (bundle[magic.length] !== version)
    throw new Refused(`a bundle of version ${bundle[magic.length]}: this firmware knows ${version}`);
  const whole = headBytes + bundle.readUInt32BE(lengthAt) + signatureBytes;
  if (bundle.length < whole) throw cutOff(bundle.length, whole);
  if (bundle.length > whole) throw new Refused(`${bundle.length - whole} bytes stand behind its end`);
  const authority = bundle.subarray(authorityAt, recipientAt);
  const number = Number(bundle.readBigUInt64BE(numberAt));
  return {
    authority,
    fingerprint: authorityFingerprint(authority),
    recipient: bundle.subarray(recipientAt, numberAt),
    number,
  };
}

/**
 * @param authority whom this validator obeys, Ed25519, 32 bytes
 * @param privateKey the validator's, raw X25519
 * @throws Refused with the first thing that is wrong
 */
export async function openBundle(
  bundle: Buffer,
  authority: Uint8Array,
  privateKey: { readonly publicKey: Uint8Array; take(): Promise<Uint8Array> },
): Promise<BundleContent> {
  const head = readHead(bundle);
  if (!head.authority.equals(authority))
    throw new Refused(
      `signed by another authority, ${head.fingerprint}: this validator obeys ${authorityFingerprint(authority)}`,
    );
  const body = bundle.subarray(0, -signatureBytes);
  if (
    !verify(null, Buffer.concat([signed, body]), verifyingKeyOf(authority), bundle.subarray(-signatureBytes))
  )
    throw new Refused('changed since the authority has signed it');
  if (!head.recipient.equals(recipientOf(privateKey.publicKey)))
    throw new Refused('made for another validator, or for keys that this one had before: make a new request');
  if (!Number.isSafeInteger(head.number) || head.number < 1) throw new Refused('its number is none');
  return readContent(await opened(bundle, await privateKey.take()));
}

export function authorityFingerprint(authority: Uint8Array): string {
  return fingerprintOf('fare-validator authority', Buffer.from(authority).toString('hex'));
}

async function opened(bundle: Buffer, privateKey: Uint8Array): Promise<Buffer> {
  const sealed = bundle.subarray(headBytes, -signatureBytes);
  try {
    return await openWith(privateKey, info, sealed, bundle.toString('hex', 0, headBytes));
  } catch {
    throw new Refused("it does not open with this validator's key");
  }
}

function recipientOf(publicKey: Uint8Array): Buffer {
  return createHash('sha256')
    .update('fare-validator bundle for\n')
    .update(publicKey)
    .digest()
    .subarray(0, 16);
}

function cutOff(there: number, whole: number): Refused {
  return new Refused(`cut off: ${there} bytes are there, at least ${whole} belong to it`);
}
