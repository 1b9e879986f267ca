/** What is not UTF-8 is refused wherever text is read, with its place and what it looks like. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import * as assert from 'uvu/assert';
import { readInputText } from '../../../device/kit/input-file.ts';
import { decodeUtf8, NotUtf8 } from '../../../device/kit/text.ts';
import { readKeysFile } from '../../../sync/keys/keys-file.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { textReaders } from '../settings/text-readers.ts';

const told: [string, Uint8Array, string][] = [
  [
    'GBK',
    iconv.encode('a: 1\nzh: 前门\n', 'gbk'),
    'line 2, column 6: byte C3 is not UTF-8; it looks like GB18030 (GBK): save it as UTF-8',
  ],
  [
    'Latin-1 that GBK is not',
    Buffer.from('a\r\nbé', 'latin1'),
    'line 2, column 2: byte E9 is not UTF-8: it ends in the middle of a character',
  ],
  [
    'CR alone',
    Buffer.from('a\rb\rc\xff x', 'latin1'),
    'line 3, column 2: byte FF is not UTF-8: save it as UTF-8',
  ],
  ['UTF-16', iconv.encode('\ufeffa: 1', 'utf-16le'), 'line 1, column 1: UTF-16, not UTF-8: save it as UTF-8'],
  [
    'UTF-16 without its mark',
    iconv.encode('a: 1', 'utf-16le'),
    'line 1, column 2: looks like UTF-16 without its mark: save it as UTF-8',
  ],
  [
    'a workbook',
    Buffer.from('PK\u0003\u0004'),
    'line 1, column 1: a workbook (.xlsx) or another archive, not text: save it as text, UTF-8',
  ],
];

const readers: Record<string, (path: string) => unknown> = {
  ...textReaders,
  'keys file': readKeysFile,
};

suite('text', test => {
  for (const [what, bytes, problem] of told)
    test(`not UTF-8: ${what}`, () => {
      try {
        decodeUtf8(bytes);
      } catch (error) {
        assert.instance(error, NotUtf8);
        return assert.is((error as NotUtf8).message, problem);
      }
      assert.unreachable();
    });

  test('UTF-8, with and without its mark', () => {
    assert.is(decodeUtf8(Buffer.from('\ufeff前门\n')), '前门\n');
    assert.is(decodeUtf8(Buffer.from('𠀀\ufffd')), '𠀀\ufffd');
    assert.is(decodeUtf8(Buffer.alloc(0)), '');
  });

  test('every reader of text refuses it', context => {
    const path = join(temporaryDirectory(context), 'given');
    writeFileSync(path, iconv.encode('{"lines": [{"line": "2", "zh": "前门"}]}', 'gbk'));
    for (const [what, read] of Object.entries(readers)) assert.throws(() => read(path), /not UTF-8/, what);
    assert.throws(() => readInputText(path, 1000), /given: line 1, column 34: byte C3 is not UTF-8/);
  });
});
