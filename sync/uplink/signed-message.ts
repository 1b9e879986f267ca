/**
 * Every message of the uplink: its body, and behind it 64 bytes of Ed25519 signature over topic and body. What was said on one topic,
 * of one device, is not true on another.
 */
import { createHash, type KeyObject, sign, verify } from 'node:crypto';

/** With the signature. All brokers take it. */
export const maxMessageBytes = 256 << 10;
export const signatureBytes = 64;

export function signMessage(key: KeyObject, topic: string, body: Uint8Array): Buffer {
  return Buffer.concat([body, sign(null, signedBytes(topic, body), key)]);
}

/** @returns the body; undefined for what is too long, or not signed with this key for this topic */
export function openMessage(key: KeyObject, topic: string, payload: Uint8Array): Buffer | undefined {
  if (payload.length < signatureBytes || payload.length > maxMessageBytes) return undefined;
  const end = payload.length - signatureBytes;
  const [body, signature] = [Buffer.from(payload.subarray(0, end)), payload.subarray(end)];
  return verify(null, signedBytes(topic, body), key, signature) ? body : undefined;
}

/** Names a message in the answer to it, so that an answer is good for that one alone. 32 hex digits. */
export function idOf(payload: Uint8Array): string {
  return createHash('sha256').update(payload).digest('hex').slice(0, 32);
}

function signedBytes(topic: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`fare-validator uplink\n${topic}\n`), body]);
}
