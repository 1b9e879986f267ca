import * as assert from 'uvu/assert';
import { encodeGb2312, widthOf } from '../../../drivers/display/gb2312.ts';
import { suite } from '../../harness.ts';

const hex = (char: string) => Buffer.from(encodeGb2312(char)).toString('hex');

suite('GB2312', test => {
  test('ASCII in one byte, Chinese in two, what only GBK or neither has as a question mark', () => {
    assert.equal(['A', '请', '，'].map(hex), ['41', 'c7eb', 'a3ac']);
    assert.equal(['鎔', '镜', '€', 'ÿ', '😀'].map(hex), ['3f', 'beb5', '3f', '3f', '3f']);
  });

  test('all but ASCII is two columns wide', () => {
    assert.equal(['A', '请', '·'].map(widthOf), [1, 2, 2]);
  });
});
