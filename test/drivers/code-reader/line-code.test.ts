import * as assert from 'uvu/assert';
import { bytesOfLine } from '../../../drivers/code-reader/line-code.ts';
import { suite } from '../../harness.ts';

const code = Uint8Array.from({ length: 365 }, (_, i) => (i === 0 ? 0x81 : i));
const bytes = Buffer.from(code);
const read = (line: string, encoding: 'hex' | 'base64' | 'auto') => {
  const found = bytesOfLine(line, encoding);
  return found && Buffer.from(found).toString('hex');
};
const hex = bytes.toString('hex');

suite('line code', test => {
  test('reads hex of any case', () => {
    assert.is(read(hex, 'hex'), hex);
    assert.is(read(` ${hex.toUpperCase()}\t`, 'auto'), hex);
  });

  test('reads a hex dump with spaces between the bytes', () => {
    const dump = (hex.match(/../g) ?? []).join(' ').toUpperCase();
    assert.is(read(`${dump} `, 'hex'), hex);
    assert.is(read(dump, 'auto'), hex);
    assert.is(read('81 4', 'hex'), undefined);
  });

  test('leaves out what modules put around a code', () => {
    const base64 = bytes.toString('base64');
    for (const [prefix, suffix] of [
      ['\x02', '\x03'],
      [']Q1', ''],
      ['\x02]Q3', '\x03\x04'],
      ['\0\0', '\t'],
    ]) {
      assert.is(read(`${prefix}${hex}${suffix}`, 'auto'), hex);
      assert.is(read(`${prefix}${base64}${suffix}`, 'base64'), hex);
    }
    assert.is(read(`]E0${hex}`, 'auto'), undefined, 'no QR code');
  });

  test('reads base64, standard and URL-safe, padded and not', () => {
    for (const length of [363, 364, 365]) {
      const part = bytes.subarray(0, length);
      const standard = part.toString('base64');
      const urlSafe = standard.replaceAll('+', '-').replaceAll('/', '_');
      for (const line of [standard, urlSafe, standard.replace(/=+$/, ''), part.toString('base64url')]) {
        assert.is(read(line, 'base64'), part.toString('hex'));
        assert.is(read(line, 'auto'), part.toString('hex'));
      }
    }
  });

  test('refuses base64 that is not canonical', () => {
    for (const line of ['gQ=', 'gQ===', 'gR==', 'g', 'gQ=g', '+-+-', 'g Q=', 'gQ==gQ==']) {
      assert.is(read(line, 'base64'), undefined, line);
    }
  });

  test('refuses what is neither', () => {
    for (const line of ['0', '0g', 'ÿþ', 'no code at all']) {
      for (const encoding of ['hex', 'base64', 'auto'] as const) {
        if (line !== '0g') assert.is(read(line, encoding), undefined, line);
      }
    }
    assert.is(read('0g', 'hex'), undefined);
  });

  test('auto lets the text codes of other systems through as they are', () => {
    for (const line of ['TXabc123', '6222020012345678', 'https://example.org/pay', 'weixin://wxpay/x']) {
      assert.is(read(line, 'auto'), Buffer.from(line).toString('hex'), line);
    }
  });
});
