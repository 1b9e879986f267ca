/** Fingerprints that two people compare by voice: the first 80 bits of a SHA-256, in groups of four hex digits. */
import { createHash } from 'node:crypto';

const digits = 20;

/** @returns as `3f2a-90bc-11de-7c04-a5b8` */
export function fingerprintOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  const hex = hash.digest('hex').slice(0, digits);
  return hex.match(/.{4}/g)?.join('-') ?? '';
}

/** @param typed with or without dashes and spaces, in upper or lower case */
export function isFingerprint(typed: string, wanted: string): boolean {
  return bare(typed) === bare(wanted);
}

function bare(text: string): string {
  return text.toLowerCase().replace(/[\s-]/g, '');
}
