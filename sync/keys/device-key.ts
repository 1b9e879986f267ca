/**
 * A device's own key: what the feed's keys are wrapped for, a small file each. The private half stays where it is kept; what
 * is asked of that place is one thing, to open what was wrapped.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { FeedError } from '../feed/feed-error.ts';
import type { FleetKey } from '../fleet-keys.ts';
import type { TpmSealed } from './tpm.ts';

export interface DeviceKey {
  /** Raw X25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Where the private half is kept, in a few words. */
  readonly keptIn: string;
  /** @throws FeedError when it was not wrapped for this device under this name, or the key is not to be had */
  open(wrapped: Uint8Array, keyId: string): Promise<FleetKey>;
}

/** An encapsulated key of 32 bytes, the key itself, and a tag of 16 bytes. */
export const wrappedBytes = 80;

/** From the file itself. @param privateKey raw, 32 bytes */
export function createSoftwareKey(privateKey: Uint8Array): DeviceKey {
  const keptIn = "a file: whoever copies it has this validator's key";
  return createKey(publicKeyOf(privateKey), keptIn, () => Promise.resolve(privateKey));
}

/** In memory only while something is opened. */
export function createTpmKey(publicKey: Uint8Array, sealed: TpmSealed): DeviceKey {
  return createKey(publicKey, "the machine's TPM", async () => {
    const { unsealByTpm } = await import('./tpm.ts');
    return unsealByTpm(sealed);
  });
}

/** @param take gives the private half, raw, 32 bytes */
function createKey(publicKey: Uint8Array, keptIn: string, take: () => Promise<Uint8Array>): DeviceKey {
  return {
    publicKey,
    keptIn,
    async open(wrapped, keyId) {
      // Most starts have a plain file of keys, and need none of it.
      const { openWith } = await import('./hpke.ts');
      const privateKey = await take();
      try {
        return { id: keyId, key: await openWith(privateKey, purposeOf(keyId), wrapped) };
      } catch {
        throw new FeedError(`the key file of ${keyId} was not made for this device`);
      }
    },
  };
}

/** @returns the content of the device's file under `keys/<id>/` */
export async function wrapFor(publicKey: Uint8Array, { id, key }: FleetKey): Promise<Buffer> {
  const { sealTo } = await import('./hpke.ts');
  return sealTo(publicKey, purposeOf(id), key);
}

/** The device's file has this name in each epoch; it tells nothing to who does not know the device. */
export function fileNameOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 32);
}

/** @returns the raw private half, 32 bytes */
export function newPrivateKey(): Buffer {
  const { privateKey } = generateKeyPairSync('x25519', {
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  });
  return privateKey.subarray(-rawBytes);
}

export function publicKeyOf(privateKey: Uint8Array): Buffer {
  const der = Buffer.concat([pkcs8Head, privateKey]);
  return rawPublic(createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })));
}

const rawBytes = 32;
/** RFC 8410: the key follows. */
const pkcs8Head = Buffer.from('302e020100300506032b656e04220420', 'hex');

function rawPublic(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(-rawBytes);
}

function purposeOf(keyId: string): string {
  return `fare-validator feed key ${keyId}`;
}
