import * as assert from 'uvu/assert';
import { regularPhone } from '../../../../sim/backoffice/registration/identity.ts';
import { problemsOf, regularCode, shownAgain } from '../../../../sim/backoffice/site/fields.ts';
import { suite } from '../../../harness.ts';

const isName = (text: string) => problemsOf(text, '13800001234').length === 0;
const isPhone = (text: string) => problemsOf('林晓梅', regularPhone(text)).length === 0;

suite('fields of the registration site', test => {
  test('names of all peoples, and nothing else', () => {
    for (const name of [
      '林晓梅',
      '阿依古丽·买买提',
      '𠮷田',
      ' 司马 \t 相如 ',
      '武〇',
      "O'Neil",
      'Müller-Lüdenscheidt',
      'Nguyễn Văn A',
    ])
      assert.ok(isName(name), name);
    for (const text of [
      '',
      ' ',
      '123',
      '林1',
      '林<b>',
      '·林',
      '林\u202e梅',
      '林\u0000梅',
      'x'.repeat(51),
      '=1+1',
    ])
      assert.not(isName(text), text);
  });

  test('mainland mobile numbers, as people write them', () => {
    for (const text of [
      '13800001234',
      ' 138 0000 1234 ',
      '138-0000-1234',
      '+8613800001234',
      '8613800001234',
      '１３８００００１２３４',
      '008613800001234',
      '(+86)138 0000 1234',
      '（+86）138‐0000‐1234',
      'tel:+86-138-0000-1234',
      'tel:13800001234',
      '138.0000.1234',
      '138–0000—1234',
      '138·0000·1234',
      '+86\u00a0138\u20090000\u20091234',
      '\u202d13800001234\u202c',
      '\u200e+86 138 0000 1234',
      '013800001234',
      "'13800001234",
      '手机：13800001234',
    ])
      assert.is(regularPhone(text), '13800001234', text);
    assert.ok(isPhone('19912345678'));
    for (const text of [
      '',
      '12800001234',
      '1380000123',
      '138000012345',
      '+1 13800001234',
      '1380000123a',
      '٠١٢٣٤٥٦٧٨٩٠',
    ])
      assert.not(isPhone(text), text);
  });

  test('codes are six digits', () => {
    for (const text of [
      '123456',
      ' 123 456 ',
      '１２３４５６',
      '123-456',
      '123–456',
      '1 2 3 4 5 6',
      '123\u200b456',
      '123456。',
      '验证码123456',
      '【北京公交集团】您正在办理升级，验证码123456，5分钟内有效。请勿泄露。',
      '【北京公交集团】验证码：123 456，请在20分钟内使用，电话96166',
      'Your code is 123-456. It is valid for 5 minutes.',
      '123456 (Beijing Bus) 13800001234',
    ])
      assert.is(regularCode(text), '123456');
    for (const text of [
      '',
      '12345',
      '1234567',
      '12345a',
      '-12345',
      '1e5000',
      '0x1234',
      '١٢٣٤٥٦',
      '138 123 456',
      '123456 or 654321',
      '13800001234',
      '20221130',
      '验证码',
      '123456a',
    ])
      assert.is(regularCode(text), undefined, text);
  });

  test('what is shown again has nothing invisible and no great length', () => {
    assert.is(shownAgain('林\u202e\u0000\u200b晓\r\n梅'), '林晓梅');
    assert.is([...shownAgain('𠮷'.repeat(500))].length, 60);
    assert.is(shownAgain('a\ud800b'), 'ab');
    assert.is(shownAgain('\ue863'), '䶮');
  });
});
