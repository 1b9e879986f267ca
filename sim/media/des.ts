/** The DES arithmetic of PBOC purses: 3DES with two keys, and MACs by single DES, which OpenSSL 3 has only as 3DES with one key thrice. */
import { createCipheriv } from 'node:crypto';
import { concatBytes } from '../../device/core/bytes.ts';
import { exactly } from './encoding.ts';

const zeroIv = new Uint8Array(8);

/** ECB. @param key 16 bytes. @param blocks a multiple of 8 bytes */
export function tripleDes(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const cipher = createCipheriv('des-ede', exactly(16, 'key', key), null).setAutoPadding(false);
  return concatBytes(cipher.update(blocks), cipher.final());
}

/** PBOC's MAC and TAC: CBC from zero over the data, 80 and zeros; the first half of the last block. @param key 8 bytes */
export function desMac(key: Uint8Array, ...data: readonly Uint8Array[]): Uint8Array {
  const message = concatBytes(...data, Uint8Array.of(0x80));
  const padded = concatBytes(message, new Uint8Array(-message.length & 7));
  const single = concatBytes(key, key, key);
  const cipher = createCipheriv('des-ede3-cbc', single, zeroIv).setAutoPadding(false);
  const blocks = concatBytes(cipher.update(padded), cipher.final());
  return blocks.subarray(blocks.length - 8, blocks.length - 4);
}

/** A card's own key of a master key. @param number the 8 bytes that tell the card from others */
export function diversify(master: Uint8Array, number: Uint8Array): Uint8Array {
  const factor = exactly(8, 'number', number);
  return concatBytes(
    tripleDes(master, factor),
    tripleDes(
      master,
      factor.map(byte => ~byte & 0xff),
    ),
  );
}

/** One key of both halves, for TACs. */
export function folded(key: Uint8Array): Uint8Array {
  return key.subarray(0, 8).map((byte, i) => byte ^ (key[8 + i] ?? 0));
}
