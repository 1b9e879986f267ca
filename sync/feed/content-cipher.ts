/**
 * What keeps outsiders from reading the feed: everything of it that is about people is sealed with AES-256-GCM.
 *
 * Sealed bytes are a nonce of 12 bytes, the ciphertext of the padded content, and the tag of 16 bytes. The nonce is the beginning of an HMAC over
 * the occasion and the content: no nonce serves two contents. On the same occasion the same content is the same file again.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { deriveKey, type FleetKey } from '../fleet-keys.ts';
import { FeedError } from './feed-error.ts';
import { type FeedFile, type FileRef, sha256Hex, unpackFile } from './feed-file.ts';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const lengthBytes = 4;
/**
 * What is sealed fills blocks of this size. A delta of one change, or of none, is as long as one of some dozens: from the
 * lengths nobody sees that a single person has registered.
 */
const blockBytes = 512;

export interface ContentCipher {
  /**
   * @param occasion on another one the same content is another file, so that nobody sees that it has come again
   */
  seal(content: Uint8Array, occasion: string): Buffer;
  /** @param name for messages. @throws FeedError when it was not sealed under this key, or has changed since */
  open(sealed: Uint8Array, name: string): Buffer;
}

export function createContentCipher(fleetKey: FleetKey): ContentCipher {
  const key = deriveKey(fleetKey, 'feed content');
  const nonceKey = deriveKey(fleetKey, 'feed nonces');
  return {
    seal(content, occasion) {
      const hmac = createHmac('sha256', nonceKey).update(`${occasion}\n`).update(content);
      const nonce = hmac.digest().subarray(0, nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce);
      const parts = [nonce, cipher.update(padded(content)), cipher.final()];
      return Buffer.concat([...parts, cipher.getAuthTag()]);
    },
    open(sealed, name) {
      if (sealed.length < nonceBytes + blockBytes + tagBytes)
        throw new FeedError(`${name}: ${sealed.length} bytes are no sealed file`);
      const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes));
      decipher.setAuthTag(sealed.subarray(-tagBytes));
      try {
        const content = decipher.update(sealed.subarray(nonceBytes, -tagBytes));
        decipher.final();
        return content.subarray(lengthBytes, lengthBytes + content.readUInt32LE());
      } catch {
        throw new FeedError(`${name}: not sealed under ${fleetKey.id} as it is held here`);
      }
    },
  };
}

/** Its length, the content, zeros. */
function padded(content: Uint8Array): Buffer {
  const blocks = Math.ceil((lengthBytes + content.length) / blockBytes);
  const buffer = Buffer.alloc(blocks * blockBytes);
  buffer.writeUInt32LE(content.length);
  buffer.set(content, lengthBytes);
  return buffer;
}

export function sealFile(file: FeedFile, cipher: ContentCipher, occasion: string): FeedFile {
  const bytes = cipher.seal(file.bytes, occasion);
  return { bytes, sha256: sha256Hex(bytes), length: bytes.length, size: file.size };
}

/**
 * @param sealed its hash already checked
 * @throws FeedError when it is not as announced, sealed or unpacked
 */
export function openFile(
  sealed: Uint8Array,
  { sha256, length, size }: FileRef,
  cipher: ContentCipher,
): Buffer {
  if (sealed.length !== length)
    throw new FeedError(`file ${sha256}: ${sealed.length} bytes, announced ${length}`);
  const packed = cipher.open(sealed, `file ${sha256}`);
  return unpackFile(packed, { sha256, length: packed.length, size });
}
