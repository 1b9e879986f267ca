/** Names and phones: what is taken, what is the same, what is shown. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  comparableName,
  maskedAccount,
  maskedName,
  maskedPhone,
  nameSchema,
  phoneSchema,
} from '../../../../sim/backoffice/registration/identity.ts';
import { suite } from '../../../harness.ts';

suite('identity', test => {
  for (const name of [
    '张三',
    '阿依古丽·买买提',
    'Zoë Müller-Lüdenscheidt',
    "O'Neil",
    '㐂',
    'نور',
    'Nguyễn Thị A',
  ]) {
    test(`a name: ${name}`, () => assert.is(nameSchema.safeParse(name).success, true));
  }

  for (const name of [
    '',
    ' ',
    '·',
    '1',
    '张三\u0000',
    '<b>',
    'a@b.cn',
    '张三; DROP',
    '\u202e张三',
    'x'.repeat(51),
    '😀',
  ]) {
    test(`no name: ${JSON.stringify(name)}`, () => assert.is(nameSchema.safeParse(name).success, false));
  }

  test('one name, however it is typed', () => {
    const written = [
      '阿依古丽·买买提',
      '阿依古丽.买买提',
      ' 阿依古丽 • 买买提',
      '阿依古丽‧买买提',
      '阿依古丽．买买提',
    ];
    for (const name of written) assert.is(comparableName(name), '阿依古丽·买买提', name);
    assert.is(comparableName('  司马 \t\n 相如 '), '司马相如');
    assert.is(comparableName('Nguye\u0302\u0303n J. O’Neil'), "nguyễn j. o'neil");
  });

  for (const [name, ...written] of [
    [
      '王伟',
      '王　伟',
      '王\u200b伟',
      '\u202d王伟\u202c',
      '\u200e王伟\u200f',
      '\ufeff王 \u00a0伟',
      '王\u00ad伟',
      '王\u{e0100}伟',
      '王\ufe00伟',
    ],
    ['䶮', '\ue863', '䶮\ufe0f'],
    ['龴', '\ue81e', '龴 '],
    ['黄', '⻩', '⻩\ufe00'],
    ['龙马', '⻰⻢', '⻰ ⻢'],
    ['李一', '李⼀', '李一\u2060'],
    ['武〇', '武○', '武◯'],
    ['㐂', '㐂\u{e0101}'],
    [
      '买买提·阿依',
      '买买提•阿依',
      '买买提・阿依',
      '买买提･阿依',
      '买买提⋅阿依',
      '买买提∙阿依',
      '买买提˙阿依',
      '买买提ㆍ阿依',
      '买买提\u0387阿依',
      '买买提。阿依',
      '买买提.阿依',
      '买买提 · 阿依',
      '买买提··阿依',
      '买买提་阿依',
      '买买提—阿依',
      '买买提-阿依',
      '买买提⸱阿依',
    ],
    ["o'neil", 'O’Neil', 'O‘Neil', 'O`Neil', 'O´Neil', 'OʼNeil', 'O′Neil', 'O＇Neil', 'OʻNeil', 'O‛Neil'],
    ['lévi-strauss', 'Le\u0301vi‑Strauss', 'Lévi–Strauss', 'Lévi−Strauss', 'Ｌévi－Ｓtrauss'],
    ['བཀྲ་ཤིས', 'བཀྲ༌ཤིས', 'བཀྲ་ཤིས་', 'བཀྲ་ཤིས།'],
    ['محمد', 'محـمد', '\u202bمحمد\u202c'],
    ['li wei', 'ＬＩ　Wei', 'li\u2009wei', 'Li\u200b Wei'],
  ] as const) {
    test(`one name, whatever wrote it: ${name}`, () => {
      assert.is(nameSchema.safeParse(name).success, true);
      for (const other of written) assert.is(comparableName(other), name, JSON.stringify(other));
    });
  }

  test('two names stay two', () => {
    for (const [one, other] of [
      ['王伟', '王玮'],
      ['未来', '末来'],
      ['li wei', 'liwei'],
      ['买买提·阿依', '买买提阿依'],
      ["o'neil", 'oneil'],
    ] as const)
      assert.is.not(comparableName(one), comparableName(other));
  });

  test('comparable names are as they are when compared again', () => {
    const again = fc.property(fc.string({ unit: 'grapheme' }), text =>
      assert.is(comparableName(comparableName(text)), comparableName(text)),
    );
    fc.assert(again, { numRuns: 500 });
  });

  test('phones are 11 digits of a mainland mobile', () => {
    for (const phone of ['13800138000', '19912345678']) assert.ok(phoneSchema.safeParse(phone).success);
    const others = [
      '12800138000',
      '1380013800',
      '138001380000',
      '+8613800138000',
      '１３８００１３８０００',
      '13800138000\n',
    ];
    for (const phone of others) assert.not.ok(phoneSchema.safeParse(phone).success, phone);
  });

  test('what is shown gives little away', () => {
    assert.is(maskedName('张三'), '张*');
    assert.is(maskedPhone('13812345678'), '138****5678');
    assert.is(maskedAccount('3105170000000004821'), '**** **** 4821');
  });
});
