/**
 * The keys of sealed rows. An encapsulation of HPKE's gives the first secret of a chain, by export; of each secret come the key of one row
 * and the next secret, by HMAC-SHA-256, and nothing leads back: what was sealed before stays sealed, whoever has the secret of now.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { RowPlace } from '../../device/data-ports.ts';

export const chainInfo = 'fare-validator journal row 2';
export const secretBytes = 32;
export const encapsulatedBytes = 32;
/** Of a chain at most. */
export const maxSteps = 1024;
/** Before the ciphertext: the encapsulated key, and the row's number in its chain, 2 bytes. */
export const headBytes = encapsulatedBytes + 2;
export const tagBytes = 16;
/** Each key seals one row. */
const nonce = Buffer.alloc(12);
const algorithm = 'aes-256-gcm';

export function nextSecret(secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update('next').digest();
}

/** @returns ciphertext and tag */
export function sealWith(secret: Uint8Array, plain: Uint8Array, about: string): Buffer {
  const key = rowKey(secret);
  const cipher = createCipheriv(algorithm, key, nonce);
  cipher.setAAD(Buffer.from(about));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  key.fill(0);
  return sealed;
}

/** @throws Error for what was not sealed with this secret, about this */
export function openWithSecret(secret: Uint8Array, sealed: Uint8Array, about: string): Buffer {
  const decipher = createDecipheriv(algorithm, rowKey(secret), nonce);
  decipher.setAAD(Buffer.from(about));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
}

/** What is authenticated with a row. @param keyId 16 hex digits */
export function aboutRow({ device, epoch, seq }: RowPlace, keyId: string): string {
  return `${device}\n${epoch}\n${seq}\n${keyId}`;
}

function rowKey(secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update('row').digest();
}
