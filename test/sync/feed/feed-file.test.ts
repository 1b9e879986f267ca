/** Files of the feed: compressed and back; a bomb is broken off where it exceeds what was announced. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type FeedFile, gunzip, packFile, sha256Hex, unpackFile } from '../../../sync/feed/feed-file.ts';
import { suite } from '../../harness.ts';
import { assertFeedError, assertSafe } from './damage.ts';

const kinds = ['noise', 'runs', 'text'] as const;

suite('feed: file', test => {
  test('gives back what was packed, whatever suits it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.constantFrom(...kinds), (raw, kind) => {
        const file = packFile(raw, kind);
        assert.equal([...unpackFile(file.bytes, file)], [...raw]);
        assert.is(file.sha256, sha256Hex(file.bytes));
        assert.is(file.length, file.bytes.length);
        assert.is(file.size, raw.length);
      }),
    );
  });

  test('another length than announced is refused, compressed or not', () => {
    const file = packFile(Buffer.from('some text'), 'text');
    const refused: Partial<FeedFile>[] = [
      { length: file.length - 1 },
      { length: file.length + 1 },
      { size: file.size - 1 },
      { size: file.size + 1 },
      { size: 0 },
    ];
    for (const change of refused) assertFeedError(() => unpackFile(file.bytes, { ...file, ...change }));
    assertFeedError(() => unpackFile(Buffer.concat([file.bytes, file.bytes]), file));
  });

  test('any bit flipped, cut anywhere', () => {
    const file = packFile(Buffer.from('some text, some more text'), 'text');
    assertSafe(Buffer.from(file.bytes), bytes => unpackFile(bytes, { ...file, length: bytes.length }));
    for (let length = 0; length < file.length; length++)
      assertFeedError(() => gunzip(file.bytes.subarray(0, length), file.size, 'test'));
  });

  test('100 MB of zeros announced as some bytes are refused', () => {
    const bomb = packFile(Buffer.alloc(100_000_000), 'text');
    for (const size of [0, 1, 1000]) assertFeedError(() => unpackFile(bomb.bytes, { ...bomb, size }));
    assertFeedError(() => gunzip(bomb.bytes, 50_000, 'test'));
  });

  test('a bomb takes no more memory than was announced', () => {
    // As one gzip file after the other, so that making it takes none either.
    const part = gzipSync(Buffer.alloc(1 << 20));
    const bytes = Buffer.concat(Array.from({ length: 1024 }, () => part));
    const before = process.resourceUsage().maxRSS;
    assertFeedError(() => unpackFile(bytes, { length: bytes.length, size: 1000, sha256: 'test' }));
    const grownKiB = process.resourceUsage().maxRSS - before;
    assert.ok(grownKiB < 128 * 1024, `${grownKiB} KiB`);
  });
});
