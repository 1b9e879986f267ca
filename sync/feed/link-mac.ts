/**
 * A block for each link, from which come the set digest of many links and the check value of each.
 *
 * The block of a link is AES-128 under a key derived from the fleet key (the first 16 bytes of HMAC-SHA-256(fleet key,
 * "feed links")) of 16 bytes: the token's number in 8 bytes and the slot in 4, both little-endian, then 4 zeros. The
 * set digest is the sum of the blocks, each as four little-endian 32-bit words, each word modulo 2³² by itself: the
 * order does not matter, and a link is added or taken away without the others (MSet-Add-Hash of Clarke et al.,
 * "Incremental Multiset Hash Functions", 2003). Without the fleet key nobody can forge it or learn from it.
 * A validator that has another key under the same name notices, instead of finding nobody.
 */
import { createCipheriv } from 'node:crypto';
import { deriveKey, type FleetKey } from '../fleet-keys.ts';
import { halvesOf, type Links } from './links.ts';

/** Four words. */
export type SetDigest = Uint32Array;

export interface LinkMac {
  /** Four words a link. */
  blocks(links: Links): Uint32Array;
}

const blockBytes = 16;
export const wordsPerBlock = 4;

export function createLinkMac(fleetKey: FleetKey): LinkMac {
  const key = deriveKey(fleetKey, 'feed links').subarray(0, blockBytes);
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  return {
    blocks({ tokens, slots }) {
      const words = new Uint32Array(slots.length * wordsPerBlock);
      const halves = halvesOf(tokens);
      for (let i = 0; i < slots.length; i++) {
        words[4 * i] = halves[2 * i] ?? 0;
        words[4 * i + 1] = halves[2 * i + 1] ?? 0;
        words[4 * i + 2] = slots[i] ?? 0;
      }
      const blocks = cipher.update(new Uint8Array(words.buffer));
      return wordsOf(blocks);
    },
  };
}

export function emptyDigest(): SetDigest {
  return new Uint32Array(wordsPerBlock);
}

/** Adds the links' blocks to the digest. */
export function addBlocks(digest: SetDigest, blocks: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0] = digest;
  for (let i = 0; i < blocks.length; i += wordsPerBlock) {
    a = (a + (blocks[i] ?? 0)) | 0;
    b = (b + (blocks[i + 1] ?? 0)) | 0;
    c = (c + (blocks[i + 2] ?? 0)) | 0;
    d = (d + (blocks[i + 3] ?? 0)) | 0;
  }
  digest.set([a, b, c, d]);
}

/** Adds (or with `sign` -1 takes away) one link's block. */
export function addBlock(digest: SetDigest, blocks: Uint32Array, index: number, sign: 1 | -1): void {
  for (let w = 0; w < wordsPerBlock; w++) {
    digest[w] = ((digest[w] ?? 0) + sign * (blocks[index * wordsPerBlock + w] ?? 0)) >>> 0;
  }
}

/** 32 hex digits: the words' bytes, little-endian. */
export function digestHex(digest: SetDigest): string {
  return Buffer.from(digest.buffer, digest.byteOffset, blockBytes).toString('hex');
}

export function digestOfHex(hex: string): SetDigest {
  return wordsOf(Buffer.from(hex, 'hex'));
}

/** The 16 bits that stand beside the slot in a cache's row. */
export function checkValue(blocks: Uint32Array, index: number): number {
  return (blocks[index * wordsPerBlock] ?? 0) & 0xffff;
}

/** A Buffer may begin at any byte of its memory; words may not. */
function wordsOf(bytes: Buffer): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, bytes.length / 4);
}
