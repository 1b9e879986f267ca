/** The key that signs bundles, in the back office's data: validators obey whoever has it. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { messageOf, orWrongUsage, WrongUsage } from '../../../device/kit/errors.ts';
import { readOwnFile } from '../../../device/kit/own-file.ts';
import { authorityFingerprint } from '../../../sync/bundle/bundle.ts';
import { newSeed, publicHalfOf } from '../../../sync/uplink/ed25519.ts';

export interface Authority {
  /** Ed25519 seed */
  readonly seed: Uint8Array;
  /** Hex: for `authority.json` of an image. */
  readonly publicKey: string;
  /** To be read out to technicians. */
  readonly fingerprint: string;
}

export interface ProvisioningPlaces {
  readonly directory: string;
  /** Secret. */
  readonly authority: string;
  /** How many bundles each validator has been issued. */
  readonly numbers: string;
  /** The keys that the validators of a bus share; secret. */
  readonly busKeys: string;
}

/** @param dir the back office's data */
export function provisioningPlaces(dir: string): ProvisioningPlaces {
  const at = (name: string) => join(dir, 'provisioning', name);
  return {
    directory: join(dir, 'provisioning'),
    authority: at('authority.json'),
    numbers: at('numbers.json'),
    busKeys: at('bus-keys.json'),
  };
}

const schema = z.strictObject({
  signingKey: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .transform(hex => new Uint8Array(Buffer.from(hex, 'hex'))),
});

/** Makes it the first time. @throws WrongUsage where it cannot be read: nobody makes a new one by mistake */
export function openAuthority(dir: string): Authority {
  const { directory, authority } = provisioningPlaces(dir);
  orWrongUsage(() => mkdirSync(directory, { recursive: true, mode: 0o700 }));
  if (!existsSync(authority)) {
    const made = `${JSON.stringify({ signingKey: newSeed().toString('hex') })}\n`;
    orWrongUsage(() => writeDurably(authority, made, 0o600));
  }
  const { signingKey: seed } = read(authority);
  const publicKey = publicHalfOf(seed);
  return { seed, publicKey: publicKey.toString('hex'), fingerprint: authorityFingerprint(publicKey) };
}

/** Never with anything of what the file holds. */
function read(path: string): z.infer<typeof schema> {
  try {
    const { data } = schema.safeParse(JSON.parse(readOwnFile(path).toString()));
    if (data !== undefined) return data;
  } catch (error) {
    throw new WrongUsage(`${path}: ${messageOf(error)}`);
  }
  throw new WrongUsage(`${path}: no key of a provisioning authority`);
}
