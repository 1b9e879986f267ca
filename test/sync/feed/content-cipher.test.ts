/** What an outsider can do with the feed's files: nothing but weigh them. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { createContentCipher, openFile, sealFile } from '../../../sync/feed/content-cipher.ts';
import { packFile } from '../../../sync/feed/feed-file.ts';
import { suite } from '../../harness.ts';
import { copyOfFeed } from '../client/faults/test-feed.ts';
import { assertFeedError, assertSafe } from './damage.ts';

const cipherOf = (id: string) => createContentCipher({ id, key: createHash('sha256').update(id).digest() });

suite('feed: content cipher', test => {
  test('opens what it has sealed; the same content is the same file, under one key and in one version alone', () => {
    const [mine, other] = [cipherOf('mine'), cipherOf('other')];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1100 }), content => {
        const sealed = mine.seal(content, 'version 1');
        assert.equal([...mine.open(sealed, 'it')], [...content]);
        assert.is(sealed.length, 28 + 512 * Math.ceil((content.length + 4) / 512));
        assert.equal(mine.seal(content, 'version 1'), sealed);
        assert.not.equal(mine.seal(content, 'version 2'), sealed);
        assert.not.equal(other.seal(content, 'version 1'), sealed);
        assertFeedError(() => other.open(sealed, 'it'), /not sealed under other/);
      }),
    );
  });

  test('no nonce serves two contents', () => {
    const cipher = cipherOf('mine');
    const nonces = Array.from({ length: 1000 }, (_, i) =>
      cipher.seal(Buffer.of(i, i >> 8), 'version 1').toString('hex', 0, 12),
    );
    assert.is(new Set(nonces).size, 1000);
  });

  test('any bit flipped, cut anywhere, nothing at all', () => {
    const cipher = cipherOf('mine');
    const packed = packFile(Buffer.from('some text, some more text'), 'text');
    const file = sealFile(packed, cipher, 'version 1');
    const open = (bytes: Uint8Array) => openFile(bytes, { ...file, length: bytes.length }, cipher);
    assert.is(open(file.bytes).toString(), 'some text, some more text');
    assertSafe(Buffer.from(file.bytes), open);
    for (let length = 0; length < file.length; length++)
      assertFeedError(() => open(file.bytes.subarray(0, length)));
  });

  test('of what a feed serves, nothing about people can be read without its key', context => {
    const { places, keys } = copyOfFeed(context);
    const [key] = keys();
    const mine = createContentCipher(key ?? { id: 'none', key: randomBytes(32) });
    const stolen = createContentCipher({ id: 'epoch-1', key: randomBytes(32) });
    const ofPeople = [
      ...readdirSync(places.files).map(name => join(places.files, name)),
      ...readdirSync(places.targets)
        .filter(name => name.endsWith('.index.json.gz'))
        .map(name => join(places.targets, name)),
    ];
    assert.ok(ofPeople.length > 20);
    for (const path of ofPeople) {
      const bytes = readFileSync(path);
      assert.throws(() => gunzipSync(bytes), undefined, path);
      assertFeedError(() => stolen.open(bytes, path));
      assert.ok(gunzipSync(mine.open(bytes, path)).length > 0);
    }
    const metadata = readdirSync(places.metadata).map(name =>
      readFileSync(join(places.metadata, name), 'utf8'),
    );
    assert.not.match(metadata.join(), /slots|partitions|digest/);
  });
});
