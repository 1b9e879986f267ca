/**
 * How the journal's small tables know media again without holding what they are: digests under a key of this device's own, in a
 * file beside the journal. What must be read again is hidden under the same key.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { closeSync, constants, fsyncSync, ftruncateSync, readFileSync, writeSync } from 'node:fs';
import { fromHex, toHex } from '../core/bytes.ts';
import { openOwnFile } from '../kit/own-file.ts';

export interface Digests {
  /**
   * Reads the key, or makes it. Until then media are known under a key of this start alone.
   * @returns whether it is a new one: what was known under another is known no more. @throws the system's error
   */
  open(path: string): boolean;
  /** @param known a token, or the digest of a code. @returns 16 bytes */
  digestOf(known: Uint8Array): Uint8Array;
  /** The same of hex and in hex. */
  nameOf(known: string): string;
  /** @returns what only this key reads again */
  hide(text: string): Uint8Array;
  /** @returns undefined for what was hidden under another key */
  reveal(hidden: Uint8Array): string | undefined;
}

const keyBytes = 32;
const digestBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;

/** @param shared of the bus, whose validators know each other's media by it; a file of this device's own unless given */
export function createDigests(shared?: Uint8Array): Digests {
  let keys = keysFrom(shared ?? randomBytes(keyBytes));
  const digestOf = (known: Uint8Array) =>
    createHmac('sha256', keys.digest).update(known).digest().subarray(0, digestBytes);
  return {
    open(path) {
      if (shared !== undefined) return false;
      const { key, isNew } = readOrMake(path);
      keys = keysFrom(key);
      return isNew;
    },
    digestOf,
    nameOf: known => toHex(digestOf(fromHex(known) ?? Buffer.from(known))),
    hide(text) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', keys.hiding, nonce);
      return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    },
    reveal(hidden) {
      try {
        const bytes = Buffer.from(hidden);
        const decipher = createDecipheriv('aes-256-gcm', keys.hiding, bytes.subarray(0, nonceBytes));
        decipher.setAuthTag(bytes.subarray(-tagBytes));
        const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
        return Buffer.concat([text, decipher.final()]).toString();
      } catch {
        return undefined;
      }
    },
  };
}

/** One secret, and no key for two purposes. */
function keysFrom(secret: Uint8Array) {
  const derived = (purpose: string) => createHmac('sha256', secret).update(purpose).digest();
  return { digest: derived('digest'), hiding: derived('hiding') };
}

/** Where it is cut or lost a new one is made: then what the small tables hold is known no more. */
function readOrMake(path: string): { readonly key: Buffer; readonly isNew: boolean } {
  const fd = openOwnFile(path, constants.O_RDWR | constants.O_CREAT);
  try {
    const found = readFileSync(fd);
    if (found.length === keyBytes) return { key: found, isNew: false };
    const made = randomBytes(keyBytes);
    ftruncateSync(fd);
    writeSync(fd, made, 0, keyBytes, 0);
    fsyncSync(fd);
    return { key: made, isNew: true };
  } finally {
    closeSync(fd);
  }
}
