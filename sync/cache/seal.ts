/**
 * Seals of a cache's rows under keys derived from the fleet key, so that what a failing disk has changed is noticed
 * when it is read, and never taken for a health code or a date. Status pages are also encrypted (AES-256-GCM): whoever
 * takes the disk without the key reads nobody's.
 */
import { createCipheriv, createDecipheriv, createHmac, randomFillSync } from 'node:crypto';
import type { PartitionState } from '../feed/index-file.ts';
import { deriveKey, type FleetKey } from '../fleet-keys.ts';

/** What the feed says of a state: the feed row and all partitions' rows. */
export interface AnnouncedState {
  readonly version: number;
  /** The version whose numbering of slots this is. */
  readonly snapshot: number;
  readonly keyId: string;
  /** Unix milliseconds */
  readonly linksAsOf: number;
  /** Unix milliseconds */
  readonly statusAsOf: number;
  readonly statusDigest: string;
  /** 256 of them. */
  readonly partitions: readonly PartitionState[];
}

export interface GenerationState extends AnnouncedState {
  /** How many of the links are marks of denied media, as counted when they were written. */
  readonly denied: number;
}

export interface Seals {
  /** 32 bits, over a changed token and the next one. */
  ofChange(key: bigint, next: bigint): number;
  /** HMAC-SHA-256 over the state as JSON. */
  ofState(state: GenerationState): Buffer;
  /** @returns the blob to store */
  sealPage(page: number, nibbles: Uint8Array): Buffer;
  /** @returns the nibbles, or undefined where the seal does not fit */
  openPage(page: number, blob: Uint8Array): Uint8Array | undefined;
}

export function createSeals(fleetKey: FleetKey): Seals {
  const key = deriveKey(fleetKey, 'cache seal');
  const pages = createPageSeals(deriveKey(fleetKey, 'cache pages'));
  const chainKey = deriveKey(fleetKey, 'cache changes').subarray(0, 16);
  const cipher = createCipheriv('aes-128-ecb', chainKey, null).setAutoPadding(false);
  const block = Buffer.alloc(16);
  return {
    ofChange(token, next) {
      block.writeBigInt64LE(token, 0);
      block.writeBigInt64LE(next, 8);
      return cipher.update(block).readUInt32LE(0);
    },
    ofState({ version, snapshot, keyId, linksAsOf, statusAsOf, statusDigest, partitions, denied }) {
      const rows = partitions.map(({ links, slots, digest }) => [links, slots, digest]);
      const row = [version, snapshot, keyId, linksAsOf, statusAsOf, statusDigest, rows];
      // Without any it is the state as it was sealed before there were marks.
      const text = JSON.stringify(denied === 0 ? row : [...row, denied]);
      return createHmac('sha256', key).update('state\n').update(text).digest();
    },
    ...pages,
  };
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Nonce, ciphertext, tag; the page's number is authenticated with it, so that no page passes for another. */
function createPageSeals(key: Buffer): Pick<Seals, 'sealPage' | 'openPage'> {
  const place = Buffer.alloc(4);
  const placeOf = (page: number) => {
    place.writeUInt32LE(page);
    return place;
  };
  return {
    sealPage(page, nibbles) {
      const nonce = randomFillSync(Buffer.alloc(nonceBytes));
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(placeOf(page));
      const parts = [nonce, cipher.update(nibbles), cipher.final()];
      return Buffer.concat([...parts, cipher.getAuthTag()]);
    },
    openPage(page, blob) {
      if (blob.length < nonceBytes + tagBytes) return undefined;
      const decipher = createDecipheriv(algorithm, key, blob.subarray(0, nonceBytes)).setAAD(placeOf(page));
      decipher.setAuthTag(blob.subarray(-tagBytes));
      const nibbles = decipher.update(blob.subarray(nonceBytes, -tagBytes));
      try {
        decipher.final();
        return nibbles;
      } catch {
        return undefined;
      }
    },
  };
}
