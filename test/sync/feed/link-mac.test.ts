/** The set digest is what its definition says, in any order, and links come and go one at a time. */
import { createCipheriv, createHmac } from 'node:crypto';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  addBlock,
  addBlocks,
  checkValue,
  createLinkMac,
  digestHex,
  digestOfHex,
  emptyDigest,
} from '../../../sync/feed/link-mac.ts';
import type { Links } from '../../../sync/feed/links.ts';
import { suite } from '../../harness.ts';
import { anySlot, lastToken } from './arbitrary.ts';

type Link = readonly [token: bigint, slot: number];

const fleetKey = { id: 'k1', key: Buffer.alloc(32, 7) };
const mac = createLinkMac(fleetKey);
const links = fc.array(fc.tuple(fc.bigInt(0n, lastToken), anySlot), { maxLength: 30 });

function columns(pairs: readonly Link[]): Links {
  return {
    tokens: BigUint64Array.from(pairs, ([token]) => token),
    slots: Uint32Array.from(pairs, ([, slot]) => slot),
  };
}

function digest(pairs: readonly Link[]): string {
  const sum = emptyDigest();
  addBlocks(sum, mac.blocks(columns(pairs)));
  return digestHex(sum);
}

/** By the definition, one link at a time. */
function blockOf([token, slot]: Link): Buffer {
  const plain = Buffer.alloc(16);
  plain.writeBigUInt64LE(token, 0);
  plain.writeUInt32LE(slot, 8);
  const key = createHmac('sha256', fleetKey.key).update('feed links').digest().subarray(0, 16);
  return createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(plain);
}

function digestByDefinition(pairs: readonly Link[]): string {
  const words = [0n, 0n, 0n, 0n];
  for (const block of pairs.map(blockOf)) {
    words.forEach((word, i) => {
      words[i] = (word + BigInt(block.readUInt32LE(4 * i))) % 2n ** 32n;
    });
  }
  const bytes = Buffer.alloc(16);
  words.forEach((word, i) => void bytes.writeUInt32LE(Number(word), 4 * i));
  return bytes.toString('hex');
}

suite('feed: set digest', test => {
  test('is what its definition says', () => {
    fc.assert(fc.property(links, pairs => assert.is(digest(pairs), digestByDefinition(pairs))));
    assert.is(digest([]), '0'.repeat(32));
  });

  test('the order does not matter, and they may be added in parts', () => {
    fc.assert(
      fc.property(links, fc.nat(), (pairs, cut) => {
        assert.is(digest(pairs.toReversed()), digest(pairs));
        const sum = emptyDigest();
        const at = cut % (pairs.length + 1);
        for (const part of [pairs.slice(at), pairs.slice(0, at)]) addBlocks(sum, mac.blocks(columns(part)));
        assert.is(digestHex(sum), digest(pairs));
      }),
    );
  });

  test('links come and go one at a time', () => {
    fc.assert(
      fc.property(links, links, (kept, passing) => {
        const sum = digestOfHex(digest(kept));
        const blocks = mac.blocks(columns(passing));
        passing.forEach((_, i) => void addBlock(sum, blocks, i, 1));
        assert.is(digestHex(sum), digest([...kept, ...passing]));
        passing.forEach((_, i) => void addBlock(sum, blocks, i, -1));
        assert.is(digestHex(sum), digest(kept));
      }),
    );
  });

  test('token, slot and key all matter', () => {
    const other = createLinkMac({ id: 'k1', key: Buffer.alloc(32, 8) });
    const sum = emptyDigest();
    addBlocks(sum, other.blocks(columns([[1n, 2]])));
    const all = [digest([[1n, 2]]), digest([[1n, 3]]), digest([[2n, 2]]), digest([[2n, 1]]), digestHex(sum)];
    assert.is(new Set(all).size, all.length);
  });

  test('a check value is the first 16 bits of the block', () => {
    fc.assert(
      fc.property(links, pairs => {
        const blocks = mac.blocks(columns(pairs));
        pairs.forEach((link, i) => void assert.is(checkValue(blocks, i), blockOf(link).readUInt16LE(0)));
      }),
    );
  });
});
