/**
 * How personal data is stored: sealed with AES-256-GCM, found again by keyed hashes, named by pseudonyms.
 *
 * A sealed value is 12 bytes of random nonce, the ciphertext, and 16 bytes of tag. Its place is authenticated with it, so that a
 * value moved to another row does not open. Hashes are the first 16 bytes of HMAC-SHA-256: there are so few phone numbers
 * that one can try them all, so a hash without a key would hide nothing.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { MediumKind } from '../../../device/core/medium.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import type { PersonalKeys } from './personal-key.ts';

/** A person as the bus group knows them; the name as `comparableName` gives it. */
export interface Identity {
  readonly name: string;
  readonly phone: string;
}

export interface Vault {
  /** @param place says what the value is, and whose */
  seal(text: string, place: string): Buffer;
  /** @throws DeviceError storage where the value was not sealed for this place under this key */
  open(sealed: Uint8Array, place: string): string;
  /** Finds a person. */
  personHash(who: Identity): Buffer;
  /** Finds what was done with a phone. It has nothing in common with the person's hash. */
  phoneHash(phone: string): Buffer;
  accountHash(kind: MediumKind, account: string): Buffer;
  /** Stands for a person in the audit log and in consent records. */
  pseudonym(who: Identity): Buffer;
  /** Keyed hash of a session or an address. */
  visitorHash(text: string): Buffer;
  codeDigest(session: string, phone: string, code: string): Buffer;
  /** Tells whether a store was made under the same key. */
  readonly fingerprint: Buffer;
}

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const hashBytes = 16;
/** None of the texts can contain it. */
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
