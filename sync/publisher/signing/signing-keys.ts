/**
 * Ed25519 keys that sign TUF metadata, and their files (PKCS#8 PEM, mode 0600, in folders of mode 0700).
 *
 * A key is replaced in three steps: its successor is written beside it (`NAME.next`), the root metadata that
 * names the successor is put in place, the successor takes the key's place. Whatever step a crash leaves it
 * at, the key that the newest root metadata names is in one of the two files, and `takeKey` finds it.
 */
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Key, Signature } from '@tufjs/models';
import { moveDurably, writeDurably } from '../../../device/kit/durable-file.ts';
import { orWrongUsage, WrongUsage } from '../../../device/kit/errors.ts';
import { checkGivenFile } from '../../../device/kit/own-file.ts';
import { type OutsideSigner, readOutsideSigner } from './outside-signer.ts';

export interface SigningKey {
  /** The public half, as root metadata lists it. */
  readonly public: Key;
  sign(bytes: Uint8Array): Signature;
}

/** One that this program has made. */
export interface NewKey extends SigningKey {
  /** The private half, PKCS#8 PEM. */
  readonly pem: string;
}

/**
 * By way of PEM: in Node.js 20 a key that was just generated shares a lock with its generation, and the process stands still
 * for good when the garbage of that is collected while the key is exported as JWK.
 */
export function createSigningKey(): NewKey {
  const { privateKey } = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { format: 'pem', type: 'spki' },
    privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
  });
  return signingKey(createPrivateKey(privateKey));
}

/** Writes a key's file, and its folder where there is none. @throws WrongUsage where that is not possible */
export function writeSigningKey(path: string, key: NewKey): void {
  orWrongUsage(() => {
    const folder = dirname(path);
    // The umask takes nothing from the owner; a folder that is there already, as on a USB stick, stays as it is.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeDurably(path, key.pem, 0o600);
  });
}

export function writeSuccessor(path: string, key: NewKey): void {
  writeSigningKey(successorOf(path), key);
}

/** The last step of replacing a key; the old one is gone with it. */
export function installSuccessor(path: string): void {
  moveDurably(successorOf(path), path);
}

/**
 * The key `keyId`, at `path` or come there now: a successor that a crash left waiting takes its place.
 *
 * @returns undefined when neither file holds that key
 */
export function findKey(path: string, keyId: string): SigningKey | undefined {
  const key = readSigningKey(path);
  if (key?.public.keyID === keyId) return key;
  const successor = readSigningKey(successorOf(path));
  if (successor?.public.keyID !== keyId) return undefined;
  installSuccessor(path);
  return successor;
}

/** @throws WrongUsage when the key is not there */
export function takeKey(path: string, keyId: string): SigningKey {
  const key = findKey(path, keyId);
  if (key) return key;
  const named = "the key that the feed's root metadata names";
  throw new WrongUsage(
    existsSync(path) ? `${path} is not ${named}` : `${path}: no such file; it should be ${named}`,
  );
}

function successorOf(path: string): string {
  return `${path}.next`;
}

/** @returns undefined when there is no Ed25519 key to be read, nor a program that signs with one */
export function readSigningKey(path: string): SigningKey | undefined {
  // Whoever may write a key's file signs with a key of their own.
  orWrongUsage(() => checkGivenFile(path));
  try {
    const text = readFileSync(path, 'utf8');
    const outside = readOutsideSigner(text);
    if (outside !== undefined) return outsideKey(outside);
    const key = createPrivateKey(text);
    return key.asymmetricKeyType === 'ed25519' ? signingKey(key) : undefined;
  } catch {
    return undefined;
  }
}

function outsideKey(signer: OutsideSigner): SigningKey {
  const publicKey = tufKey(signer.publicKey);
  return {
    public: publicKey,
    sign: bytes => new Signature({ keyID: publicKey.keyID, sig: signer.sign(bytes) }),
  };
}

function signingKey(key: KeyObject): NewKey {
  const { x = '' } = key.export({ format: 'jwk' });
  const publicKey = tufKey(Buffer.from(x, 'base64url').toString('hex'));
  return {
    public: publicKey,
    pem: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
    sign: bytes => new Signature({ keyID: publicKey.keyID, sig: sign(null, bytes, key).toString('hex') }),
  };
}

/** @param hex the raw 32 bytes; the id is SHA-256 of the canonical JSON, whose names are sorted */
export function tufKey(hex: string): Key {
  const keyVal = { public: hex };
  const canonical = JSON.stringify({ keytype: 'ed25519', keyval: keyVal, scheme: 'ed25519' });
  const keyID = createHash('sha256').update(canonical).digest('hex');
  return new Key({ keyID, keyType: 'ed25519', scheme: 'ed25519', keyVal });
}
