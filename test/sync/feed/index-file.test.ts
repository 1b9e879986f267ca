/** The index: what is written is read; nothing but its own keys, counts and numbers is taken. */
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { decodeIndex, encodeIndex, type FeedIndex, indexCustom } from '../../../sync/feed/index-file.ts';
import { suite } from '../../harness.ts';
import { assertFeedError, assertSafe } from './damage.ts';
import { fileRef, sampleIndex } from './sample-index.ts';

type Json = Record<string, unknown>;

/** The sample with something else at a path like `snapshot.partitions.3.links`. */
function changed(path: string, value: unknown): Buffer {
  const index: Json = JSON.parse(JSON.stringify(sampleIndex()));
  const names = path.split('.');
  const last = names.pop() ?? '';
  const parent = names.reduce<Json>((at, name) => at[name] as Json, index);
  parent[last] = value;
  return packed(index);
}

function packed(index: unknown): Buffer {
  return gzipSync(JSON.stringify(index));
}

const refused = (bytes: Uint8Array, message?: RegExp) => assertFeedError(() => decodeIndex(bytes), message);

suite('feed: index', test => {
  test('gives back what was encoded', () => {
    const index = sampleIndex();
    assert.equal(decodeIndex(encodeIndex(index).bytes), index);
    assert.equal(decodeIndex(packed(index)), index);
  });

  test('what is missing, or of another kind, is named', () => {
    for (const name of Object.keys(sampleIndex())) refused(changed(name, undefined), new RegExp(name));
    refused(changed('format', 2), /format/);
    refused(changed('version', '5'), /version/);
    refused(changed('status.file', null), /status\.file/);
    refused(changed('snapshot.partitions', {}), /snapshot\.partitions/);
    refused(packed([]));
    refused(packed(null));
    refused(packed('index'));
  });

  test('keys that are not its own are refused, at every depth', () => {
    for (const place of ['', 'snapshot.', 'partitions.7.', 'status.', 'status.file.', 'linkDeltas.0.'])
      refused(changed(`${place}more`, 1), /more/);
  });

  test('keys of every object’s prototype do no harm', () => {
    const text = JSON.stringify(sampleIndex());
    for (const key of ['__proto__', 'constructor', 'toString']) {
      const bytes = gzipSync(text.replace('{', `{"${key}":{"polluted":true,"version":99},`));
      try {
        assert.equal(decodeIndex(bytes), sampleIndex());
      } catch (error) {
        assert.match(String(error), /FeedError/);
      }
      assert.is(Reflect.get({}, 'polluted'), undefined);
    }
  });

  test('other than 256 partitions are refused', () => {
    const { partitions, snapshot } = sampleIndex();
    const [first] = partitions;
    refused(changed('partitions', [...partitions, first]), /partitions/);
    refused(changed('partitions', partitions.slice(1)), /partitions/);
    refused(changed('snapshot.partitions', [...snapshot.partitions, snapshot.partitions[9]]), /partitions/);
    refused(changed('snapshot.partitions', []), /partitions/);
  });

  test('numbers that are none, or out of proportion, are refused', () => {
    for (const number of [-1, 0.5, 2 ** 53, 1e300, null, '1']) {
      refused(changed('links', number));
      refused(changed('partitions.0.links', number));
      refused(changed('partitions.0.slots', number));
      refused(changed('status.file.length', number));
      refused(changed('status.file.size', number));
      refused(changed('version', number));
    }
    refused(changed('partitions.0.slots', 2 ** 23));
    refused(changed('status.file.length', 2 ** 30));
    refused(changed('status.file.size', 2 ** 31));
    refused(gzipSync(JSON.stringify(sampleIndex()).replace('"version":5', '"version":1e999')));
  });

  test('counts that do not add up are refused', () => {
    refused(changed('links', 4), /links/);
    refused(changed('partitions.3.links', 4), /links/);
    refused(changed('snapshot.version', 6), /later than itself/);
    refused(changed('linkDeltas.0', { from: 5, to: 5, file: fileRef('d') }), /later version/);
    refused(changed('linkDeltas.0', { from: 6, to: 5, file: fileRef('d') }), /later version/);
    refused(changed('snapshot.partitions.3.file', null), /no file/);
    refused(changed('snapshot.partitions.0.file', fileRef('e')), /no links/);
  });

  test('names of files are hashes, nothing that leads elsewhere', () => {
    for (const sha256 of ['../../etc/passwd', '', 'A'.repeat(64), 'a'.repeat(63), `${'a'.repeat(64)}\n`])
      refused(changed('status.file.sha256', sha256), /sha256/);
    refused(changed('partitions.0.digest', '0'.repeat(33)), /digest/);
  });

  test('more deltas than a feed ever has are refused', () => {
    const delta = { from: 4, to: 5, file: fileRef('d') };
    refused(changed('status.deltas', Array(1001).fill(delta)), /deltas/);
    refused(changed('linkDeltas', Array(1001).fill(delta)), /linkDeltas/);
  });

  test('no gzip, no JSON, or far too much of it is refused', () => {
    refused(Buffer.from(JSON.stringify(sampleIndex())));
    refused(Buffer.alloc(0));
    refused(gzipSync(''), /JSON/);
    refused(gzipSync('{"format":1'), /JSON/);
    refused(gzipSync('[['.repeat(200_000)));
    refused(gzipSync(Buffer.alloc(33 << 20, ' ')));
  });

  test('any bit flipped, cut anywhere', () => {
    const small: FeedIndex = sampleIndex();
    assertSafe(gzipSync(JSON.stringify(small)), decodeIndex);
  });

  test('nothing wrong is encoded', () => {
    assert.throws(() => encodeIndex({ ...sampleIndex(), links: -1 }));
  });

  test('what the metadata says of it', () => {
    const good = { version: 1, linksAsOf: 0, statusAsOf: 5, keyId: 'epoch-1', keyCheck: 'ab'.repeat(16) };
    assert.ok(indexCustom.safeParse(good).success);
    for (const wrong of [
      { version: 0 },
      { linksAsOf: -1 },
      { statusAsOf: 'now' },
      { version: 1.5 },
      { keyId: '../x' },
      { keyId: '' },
      { keyCheck: 'ab' },
    ])
      assert.not(indexCustom.safeParse({ ...good, ...wrong }).success);
    assert.not(indexCustom.safeParse(undefined).success);
  });
});
