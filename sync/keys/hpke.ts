/** The HPKE (RFC 9180) that wraps epoch keys for devices, and makes the keys of rows for the back office: base mode, X25519, HKDF-SHA256, AES-256-GCM; by @hpke/core. */
import { createRequire } from 'node:module';

// `import` would open its fifty files at once, on a validator that may have few open.
const hpke: typeof import('@hpke/core') = createRequire(import.meta.url)('@hpke/core');
const { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } = hpke;

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});
const encapsulatedBytes = 32;

/**
 * @param publicKey raw X25519, 32 bytes
 * @param info what it is sealed for: it opens for nothing else
 * @param about authenticated with it; it opens beside nothing else
 * @returns the encapsulated key and the ciphertext
 */
export async function sealTo(
  publicKey: Uint8Array,
  info: string,
  content: Uint8Array,
  about = '',
): Promise<Buffer> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(publicKey);
  const { enc, ct } = await suite.seal(
    { recipientPublicKey, info: Buffer.from(info) },
    content,
    Buffer.from(about),
  );
  return Buffer.concat([Buffer.from(enc), Buffer.from(ct)]);
}

/**
 * @param privateKey raw X25519, 32 bytes
 * @throws Error when it was not sealed to this key, for this, and about this
 */
export async function openWith(
  privateKey: Uint8Array,
  info: string,
  sealed: Uint8Array,
  about = '',
): Promise<Buffer> {
  const recipientKey = await suite.kem.deserializePrivateKey(privateKey);
  const enc = sealed.subarray(0, encapsulatedBytes);
  const opened = await suite.open(
    { recipientKey, enc, info: Buffer.from(info) },
    sealed.subarray(encapsulatedBytes),
    Buffer.from(about),
  );
  return Buffer.from(opened);
}

/** What sender and recipient both know, and nobody else (RFC 9180, section 5.3). */
const exporterContext = new Uint8Array();

/**
 * @param publicKey raw X25519, 32 bytes
 * @param info what the secret is for
 * @returns a new secret of so many bytes, and the encapsulated key by which the recipient has it too
 */
export async function exportTo(
  publicKey: Uint8Array,
  info: string,
  bytes: number,
): Promise<{ readonly encapsulated: Buffer; readonly secret: Buffer }> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(publicKey);
  const sender = await suite.createSenderContext({ recipientPublicKey, info: Buffer.from(info) });
  const secret = await sender.export(exporterContext, bytes);
  return { encapsulated: Buffer.from(sender.enc), secret: Buffer.from(secret) };
}

/** Half of what opening costs is to read the key, and it is always the same one. */
const imported = new WeakMap<Uint8Array, Promise<CryptoKey>>();

function importOnce(privateKey: Uint8Array): Promise<CryptoKey> {
  const key = imported.get(privateKey) ?? suite.kem.deserializePrivateKey(privateKey);
  imported.set(privateKey, key);
  return key;
}

/** @param privateKey raw X25519, 32 bytes: the same array each time, and never changed. @throws Error for what is no encapsulated key */
export async function exportFrom(
  privateKey: Uint8Array,
  info: string,
  encapsulated: Uint8Array,
  bytes: number,
): Promise<Buffer> {
  const recipientKey = await importOnce(privateKey);
  const parts = { recipientKey, enc: encapsulated, info: Buffer.from(info) };
  return Buffer.from(await (await suite.createRecipientContext(parts)).export(exporterContext, bytes));
}
