/** Which bundle a validator has, and whom it obeys. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { DeviceError, messageOf } from '../kit/errors.ts';
import { parseJson } from '../kit/located-json.ts';
import { readOwnFile } from '../kit/own-file.ts';
import { decodeUtf8 } from '../kit/text.ts';
import type { ProvisioningPlaces } from './places.ts';

const authority = z.string().regex(/^[0-9a-f]{64}$/);
const record = z.strictObject({
  device: z.string(),
  /** Ed25519, hex: who may issue the next one. */
  authority,
  number: z.int().min(1),
  issuedAt: z.string(),
});
const anchor = z.strictObject({ authority });

export type BundleRecord = z.infer<typeof record>;

export interface Known {
  /** Undefined before the first bundle. */
  readonly installed: BundleRecord | undefined;
  /** Whom this validator obeys, Ed25519, 32 bytes; undefined where nobody has told it yet. */
  readonly authority: Buffer | undefined;
}

/** @throws DeviceError config for files that say something else: nobody else is obeyed by mistake */
export function readKnown({ record: recordFile, anchor: anchorFile }: ProvisioningPlaces): Known {
  const installed = read(recordFile, record);
  const told = installed?.authority ?? read(anchorFile, anchor)?.authority;
  return { installed, authority: told === undefined ? undefined : Buffer.from(told, 'hex') };
}

export function recordText(known: BundleRecord): string {
  return `${JSON.stringify(known)}\n`;
}

function read<T>(path: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return schema.parse(parseJson(decodeUtf8(readOwnFile(path))));
  } catch (error) {
    const why = error instanceof z.ZodError ? 'not what this firmware writes there' : messageOf(error);
    throw new DeviceError('config', 'provisioning', `${path}: ${why}`);
  }
}
