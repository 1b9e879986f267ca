/** The file of keys that a validator is given: its own device key, or fleet keys where the cache is delivered as files. */
import { z } from 'zod';
import { DeviceError } from '../../device/kit/errors.ts';
import { type FleetKey, readFleetKeys, readKeysJson } from '../fleet-keys.ts';
import type { TpmSealed } from './tpm.ts';

/** Plain values, so that threads can be given them. */
export type GivenKeys =
  | { readonly fleetKeys: readonly FleetKey[] }
  | { readonly device: string; readonly privateKey: Uint8Array }
  | { readonly device: string; readonly publicKey: Uint8Array; readonly tpm: TpmSealed };

const device = z.string().regex(/^[\w.-]{1,64}$/);
/** X25519 */
const key = z
  .string()
  .regex(/^[0-9a-f]{64}$/i)
  .transform(hex => Buffer.from(hex, 'hex'));
const blob = z
  .base64()
  .max(4096)
  .transform(text => Buffer.from(text, 'base64'));
const schema = z.union([
  z.strictObject({ device, privateKey: key }),
  z.strictObject({ device, publicKey: key, tpm: z.strictObject({ public: blob, private: blob }) }),
]);

/**
 * `{"device":"…","privateKey":"64 hex digits"}`, the same with the private half sealed in a TPM, or fleet keys as
 * `readFleetKeys` reads them.
 * @throws DeviceError config, naming the file; never with the file's content
 */
export function readKeysFile(path: string): GivenKeys {
  if (!namesDevice(path)) return { fleetKeys: readFleetKeys(path) };
  const { data } = schema.safeParse(readKeysJson(path));
  if (data !== undefined) return data;
  throw new DeviceError(
    'config',
    'fleet-keys',
    `${path}: expected {"device":"…","privateKey":"64 hex digits"}`,
  );
}

export function keysFileText(device: string, privateKey: Uint8Array): string {
  return `${JSON.stringify({ device, privateKey: Buffer.from(privateKey).toString('hex') })}\n`;
}

export function tpmFileText(device: string, publicKey: Uint8Array, sealed: TpmSealed): string {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const tpm = { public: base64(sealed.public), private: base64(sealed.private) };
  return `${JSON.stringify({ device, publicKey: Buffer.from(publicKey).toString('hex'), tpm })}\n`;
}

/** A file that cannot be read or is no JSON is left to who reads fleet keys. */
function namesDevice(path: string): boolean {
  try {
    const content = readKeysJson(path);
    return typeof content === 'object' && content !== null && 'device' in content;
  } catch {
    return false;
  }
}
