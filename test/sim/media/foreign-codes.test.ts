/** Samples of other schemes' codes. */
import * as assert from 'uvu/assert';
import { toHex } from '../../../device/core/bytes.ts';
import { foreignCodes } from '../../../sim/media/foreign-codes.ts';
import { suite } from '../../harness.ts';

suite('foreign codes', test => {
  const beginnings = {
    alipay: '0201',
    'city-card-1': '5401',
    'city-card-2': '5402',
    'other-platform': '55',
    tencent: '5458',
    unionpay: '3632',
    url: '68747470',
  };
  for (const [name, code] of Object.entries(foreignCodes)) {
    test(`begin as ${name} does`, () => {
      const beginning = beginnings[name as keyof typeof beginnings];
      assert.is(toHex(code).slice(0, beginning.length), beginning);
    });
  }

  test('have a UnionPay code of digits only, under 50 long', () => {
    assert.match(new TextDecoder().decode(foreignCodes.unionpay), /^62[0-9]{10,47}$/);
  });
});
