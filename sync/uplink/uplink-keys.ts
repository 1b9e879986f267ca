/** The two files of keys that a validator is given for the uplink: its own signing key, and the back office's public halves. */
import { z } from 'zod';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { readKeysJson } from '../fleet-keys.ts';

const key = z
  .string()
  .regex(/^[0-9a-f]{64}$/i)
  .transform(hex => new Uint8Array(Buffer.from(hex, 'hex')));

const ownSchema = z.strictObject({ device: z.string().regex(/^[\w.-]{1,64}$/), signingKey: key });
const officeSchema = z.strictObject({ sealingKey: key, signingKey: key });

/** Plain values, so that a thread can be given them. */
export interface OwnKey {
  readonly device: string;
  /** Ed25519 seed, 32 bytes; secret */
  readonly signingKey: Uint8Array;
}

export interface OfficeKeys {
  /** X25519, 32 bytes: rows are sealed for it. */
  readonly sealingKey: Uint8Array;
  /** Ed25519, 32 bytes: what the back office says is signed with it. */
  readonly signingKey: Uint8Array;
}

/** @throws DeviceError config, naming the file; never with the file's content */
export function readOwnKey(path: string): OwnKey {
  return read(path, ownSchema, '{"device":"…","signingKey":"64 hex digits"}');
}

/** @throws DeviceError config, naming the file */
export function readOfficeKeys(path: string): OfficeKeys {
  return read(path, officeSchema, '{"sealingKey":"64 hex digits","signingKey":"64 hex digits"}');
}

export function ownKeyText(device: string, seed: Uint8Array): string {
  return `${JSON.stringify({ device, signingKey: Buffer.from(seed).toString('hex') })}\n`;
}

export function officeKeysText({ sealingKey, signingKey }: OfficeKeys): string {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  return `${JSON.stringify({ sealingKey: hex(sealingKey), signingKey: hex(signingKey) })}\n`;
}

function read<T>(path: string, schema: z.ZodType<T>, expected: string): T {
  try {
    const { data } = schema.safeParse(readKeysJson(path));
    if (data !== undefined) return data;
  } catch (error) {
    throw new DeviceError('config', 'uplink', `${path}: ${messageOf(error)}`);
  }
  throw new DeviceError('config', 'uplink', `${path}: expected ${expected}`);
}

/** @throws DeviceError config, naming the file; never with the file's content */
export function readUplinkFiles(
  { signing, office }: { readonly signing: string; readonly office: string },
  device: string,
): { readonly own: OwnKey; readonly office: OfficeKeys } {
  const own = readOwnKey(signing);
  if (own.device === device) return { own, office: readOfficeKeys(office) };
  throw new DeviceError('config', 'uplink', `${signing}: it is the key of ${own.device}, not of ${device}`);
}
