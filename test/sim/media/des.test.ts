import * as assert from 'uvu/assert';
import { toHex } from '../../../device/core/bytes.ts';
import { desMac, diversify, folded, tripleDes } from '../../../sim/media/des.ts';
import { hexBytes } from '../../../sim/media/encoding.ts';
import { suite } from '../../harness.ts';

suite('DES', test => {
  test('NIST SP 800-20’s first known answer: with both halves alike, 3DES is DES', () => {
    const key = hexBytes('01010101010101010101010101010101');
    assert.is(toHex(tripleDes(key, hexBytes('8000000000000000'))), '95f8a5e5dd31d900');
    assert.is(toHex(tripleDes(key, hexBytes('4000000000000000'))), 'dd7f121ca5015619');
  });

  test('a MAC is CBC by single DES: the known answer’s block, then 80 and zeros', () => {
    const key = hexBytes('0101010101010101');
    const both = hexBytes('01010101010101010101010101010101');
    const first = tripleDes(both, hexBytes('8000000000000000'));
    const last = tripleDes(
      both,
      first.map((byte, i) => byte ^ (i === 0 ? 0x80 : 0)),
    );
    assert.is(toHex(desMac(key, hexBytes('8000000000000000'))), toHex(last.subarray(0, 4)));
    assert.is(toHex(desMac(key, new Uint8Array())), '95f8a5e5');
  });

  test('a card’s own key: the number under the master key, and its complement', () => {
    const master = hexBytes('0123456789ABCDEFFEDCBA9876543210');
    const number = hexBytes('1000000000000001');
    const key = diversify(master, number);
    assert.is(toHex(key.subarray(0, 8)), toHex(tripleDes(master, number)));
    assert.is(toHex(key.subarray(8)), toHex(tripleDes(master, hexBytes('EFFFFFFFFFFFFFFE'))));
    assert.is(toHex(folded(hexBytes('0F0F0F0F0F0F0F0FF0F0F0F0F0F0F0F1'))), 'fffffffffffffffe');
  });
});
