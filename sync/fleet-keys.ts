/** The fleet's secret keys, under which accounts become tokens; and the token itself. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { MediumKind } from '../device/core/medium.ts';
import { DeviceError, messageOf } from '../device/kit/errors.ts';
import { readPlainText } from '../device/kit/input-file.ts';
import { parseJson } from '../device/kit/located-json.ts';
import { checkGivenFile } from '../device/kit/own-file.ts';

const maxBytes = 64 << 10;

export interface FleetKey {
  readonly id: string;
  readonly key: Uint8Array;
}

const schema = z.strictObject({
  keys: z
    .array(z.strictObject({ id: z.string().min(1).max(64), key: z.string().regex(/^[0-9a-fA-F]{64}$/) }))
    .min(1)
    .max(16),
});

/** Reads any file of keys. @throws Error that says who else may write it, or where it is no JSON, and nothing of what it holds */
export function readKeysJson(path: string): unknown {
  checkGivenFile(path);
  return parseJson(readPlainText(path, maxBytes));
}

/**
 * Reads `{"keys":[{"id":"…","key":"64 hex digits"}]}`, the newest key first.
 * @throws DeviceError config, naming the file; never with the file's content
 */
export function readFleetKeys(path: string): readonly [FleetKey, ...FleetKey[]] {
  try {
    const { keys } = schema.parse(readKeysJson(path));
    const [first, ...others] = keys.map(({ id, key }) => ({ id, key: Buffer.from(key, 'hex') }));
    if (first === undefined) throw new Error('no keys');
    return [first, ...others];
  } catch (error) {
    throw new DeviceError('config', 'fleet-keys', `${path}: ${describe(error)}`);
  }
}

/** Never with anything of what the file holds. */
function describe(error: unknown): string {
  if (!(error instanceof z.ZodError)) return messageOf(error);
  const places = error.issues.map(({ path }) => path.join('.') || 'the file');
  return `${places.join(', ')}: expected {"keys":[{"id":"…","key":"64 hex digits"}]}`;
}

/**
 * The pseudonym that stands for an account on the bus: the first 8 bytes of HMAC-SHA-256(fleet key, kind ‖ account),
 * both as ASCII: kind `t-union`, `bmac` or `ride-code`; account the card number's digits, or the ride code's card
 * account as 20 lower-case hex digits.
 */
export function tokenOf({ key }: FleetKey, kind: MediumKind, account: string): Uint8Array {
  return createHmac('sha256', key).update(`${kind}${account}`, 'latin1').digest().subarray(0, 8);
}

/** A key for one purpose alone. */
export function deriveKey({ key }: FleetKey, purpose: string): Buffer {
  return createHmac('sha256', key).update(purpose).digest();
}

/** Tells whether a key is the one that the feed means, and nothing else about it: 32 hex digits. */
export function checkOfKey(key: FleetKey): string {
  return deriveKey(key, 'feed key check').toString('hex', 0, 16);
}
