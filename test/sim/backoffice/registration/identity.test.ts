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
import { networkOf } from '../../../../sim/backoffice/registration/network.ts';
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
    assert.is(comparableName('  司马 \t\n 相如 '), '司马 相如');
    assert.is(comparableName('Nguye\u0302\u0303n J. O’Neil'), "nguyễn j. o'neil");
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

  for (const [address, network] of [
    ['10.1.2.3', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['nonsense', 'nonsense'],
  ] as const) {
    test(`${address} is in ${network}`, () => assert.is(networkOf(address), network));
  }
});
