/**
 * What a validator asks the back office for a bundle with: its name and the public halves of its two keys, signed with one of them.
 * Nothing in it is secret. Whoever changes it on the way changes its fingerprint, which the technician reads out.
 */
import { sign, verify } from 'node:crypto';
import { z } from 'zod';
import { messageOf, Refused } from '../../device/kit/errors.ts';
import { parseJson } from '../../device/kit/located-json.ts';
import { decodeUtf8 } from '../../device/kit/text.ts';
import { privateKeyOf, publicHalfOf, verifyingKeyOf } from '../uplink/ed25519.ts';
import { fingerprintOf } from './fingerprint.ts';

export const maxRequestBytes = 256 << 10;
const format = 'fare-validator request 1';

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
const schema = z.strictObject({
  format: z.literal(format),
  device: z.string().regex(/^[A-Za-z0-9._-]{1,32}$/),
  /** Raw X25519: what is only for this validator is sealed for it. */
  publicKey: hex(32),
  /** Ed25519: what this validator says to the back office is signed with it. */
  signingKey: hex(32),
  /** The settings that it has now, YAML. */
  settings: z
    .string()
    .max(128 << 10)
    .optional(),
  signature: hex(64),
});

export interface BundleRequest {
  readonly device: string;
  /** 64 hex digits each. */
  readonly publicKey: string;
  readonly signingKey: string;
  readonly settings: string | undefined;
  readonly fingerprint: string;
}

export interface RequestParts {
  readonly device: string;
  readonly publicKey: Uint8Array;
  /** Ed25519 seed */
  readonly signingSeed: Uint8Array;
  readonly settings: string | undefined;
}

export function requestText({ device, publicKey, signingSeed, settings }: RequestParts): string {
  const said = {
    format,
    device,
    publicKey: Buffer.from(publicKey).toString('hex'),
    signingKey: publicHalfOf(signingSeed).toString('hex'),
    ...(settings !== undefined && { settings }),
  };
  const signature = sign(null, signedBytes(said), privateKeyOf(signingSeed)).toString('hex');
  return `${JSON.stringify({ ...said, signature }, undefined, 2)}\n`;
}

/** @throws Refused */
export function readRequest(bytes: Uint8Array): BundleRequest {
  const { signature, ...said } = parse(bytes);
  const key = verifyingKeyOf(Buffer.from(said.signingKey, 'hex'));
  if (!verify(null, signedBytes(said), key, Buffer.from(signature, 'hex')))
    throw new Refused('the request was changed since the validator has signed it');
  const { device, publicKey, signingKey, settings } = said;
  return {
    device,
    publicKey,
    signingKey,
    settings,
    fingerprint: fingerprintOfKeys(device, publicKey, signingKey),
  };
}

/** @param publicKey hex. @param signingKey hex */
export function fingerprintOfKeys(device: string, publicKey: string, signingKey: string): string {
  return fingerprintOf(format, device, publicKey, signingKey);
}

function parse(bytes: Uint8Array): z.infer<typeof schema> {
  if (bytes.length > maxRequestBytes)
    throw new Refused(`${bytes.length} bytes: a request has at most ${maxRequestBytes}`);
  let content: unknown;
  try {
    content = parseJson(decodeUtf8(Buffer.from(bytes)));
  } catch (error) {
    throw new Refused(`no request of a validator: ${messageOf(error)}`);
  }
  const { data, error } = schema.safeParse(content);
  if (data !== undefined) return data;
  const places = error?.issues.map(({ path, code }) => path.join('.') || code).join(', ');
  throw new Refused(`no request of a validator: ${places}`);
}

/** The order of keys is ours, whatever the file's is. */
function signedBytes({
  device,
  publicKey,
  signingKey,
  settings,
}: Omit<z.infer<typeof schema>, 'format' | 'signature'>): Buffer {
  return Buffer.from([format, device, publicKey, signingKey, settings ?? ''].join('\n'));
}
