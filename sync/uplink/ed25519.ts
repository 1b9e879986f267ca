/** Ed25519 keys in the raw form that our files hold: 32 bytes each, the private half as its seed. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** RFC 8410: the seed follows, and the public half. */
const seedHead = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicHead = Buffer.from('302a300506032b6570032100', 'hex');
const rawBytes = 32;

/** By way of DER: see signing-keys.ts on what generated keys do in Node.js 20. */
export function newSeed(): Buffer {
  const { privateKey } = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  });
  return privateKey.subarray(-rawBytes);
}

export function privateKeyOf(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([seedHead, seed]), format: 'der', type: 'pkcs8' });
}

export function publicHalfOf(seed: Uint8Array): Buffer {
  return createPublicKey(privateKeyOf(seed)).export({ format: 'der', type: 'spki' }).subarray(-rawBytes);
}

export function verifyingKeyOf(publicHalf: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([publicHead, publicHalf]), format: 'der', type: 'spki' });
}
