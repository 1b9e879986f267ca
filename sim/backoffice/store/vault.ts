/**
 * How personal data is stored: sealed with AES-256-GCM, found again by keyed hashes, spoken of under pseudonyms.
 *
 * Sealed: 12 bytes of random nonce, the ciphertext, 16 bytes of tag; what a value belongs to is authenticated with it, so
 * that a value moved to another row does not open. Hashes are the first 16 bytes of HMAC-SHA-256: phone numbers are few
 * enough to try them all, so a hash without a key would hide nothing.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { MediumKind } from '../../../device/core/medium.ts';
import { DeviceError } from '../../../device/errors.ts';
import type { PersonalKeys } from './personal-key.ts';

/** Who somebody is to the bus group: the name as `comparableName` gives it. */
export interface Identity {
  readonly name: string;
  readonly phone: string;
}

export interface Vault {
  /** @param place what the value is, and whose */
  seal(text: string, place: string): Buffer;
  /** @throws DeviceError storage for what was not sealed for this place under this key */
  open(sealed: Uint8Array, place: string): string;
  /** Finds a person. */
  personHash(who: Identity): Buffer;
  /** Finds what was done with a phone; another one than in any other table's hashes. */
  phoneHash(phone: string): Buffer;
  accountHash(kind: MediumKind, account: string): Buffer;
  /** Stands for a person in the audit log and in consent records. */
  pseudonym(who: Identity): Buffer;
  /** Of a session, or an address. */
  visitorHash(text: string): Buffer;
  codeDigest(session: string, phone: string, code: string): Buffer;
  /** The same for the same key: tells whether a store was made under it. */
  readonly fingerprint: Buffer;
}

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const hashBytes = 16;
/** Cannot be in any of the texts. */
const separator = '\0';

export function createVault(keys: PersonalKeys): Vault {
  const hash = (key: Buffer, ...texts: readonly string[]) =>
    createHmac('sha256', key).update(texts.join(separator)).digest().subarray(0, hashBytes);
  return {
    seal(text, place) {
      const nonce = randomBytes(nonceBytes);
      const sealing = createCipheriv(cipher, keys.seal, nonce).setAAD(Buffer.from(place));
      return Buffer.concat([nonce, sealing.update(text, 'utf8'), sealing.final(), sealing.getAuthTag()]);
    },
    open(sealed, place) {
      const body = sealed.length - tagBytes;
      try {
        const opening = createDecipheriv(cipher, keys.seal, sealed.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        });
        opening.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(body));
        return opening.update(sealed.subarray(nonceBytes, body), undefined, 'utf8') + opening.final('utf8');
      } catch (error) {
        throw new DeviceError('storage', 'store', 'a sealed value does not open', error);
      }
    },
    personHash: ({ phone, name }) => hash(keys.person, phone, name),
    phoneHash: phone => hash(keys.phone, phone),
    accountHash: (kind, account) => hash(keys.account, kind, account),
    pseudonym: ({ phone, name }) => hash(keys.pseudonym, phone, name),
    visitorHash: text => hash(keys.visitor, text),
    codeDigest: (session, phone, code) => hash(keys.code, session, phone, code),
    fingerprint: hash(keys.check, 'fingerprint'),
  };
}
