/** Ride codes, byte by byte, and both of their signatures. */
import * as assert from 'uvu/assert';
import { toHex } from '../../../device/core/bytes.ts';
import { createAuthority } from '../../../sim/media/authority.ts';
import { createPhone } from '../../../sim/media/phone.ts';
import { createSm2Key } from '../../../sim/media/sm2-key.ts';
import { suite } from '../../harness.ts';
import { isGenuine } from './is-genuine.ts';

suite('phone', test => {
  const at = Date.UTC(2022, 4, 23, 0, 0, 0, 999);
  const issuer = createAuthority().issue();

  for (const n of [0, 1, 32]) {
    test(`shows a code with an issuer's field of ${n} bytes, signed twice`, () => {
      const key = createSm2Key();
      const code = createPhone({ issuer, key, ownField: new Uint8Array(n).fill(0xee) }).showCode({ at });
      assert.is(code.length, 332 + n);
      assert.is(new DataView(code.buffer).getUint16(1), 329 + n);
      assert.is(code[197], n);
      assert.is(code[198 + n], 0x15);
      assert.is(code[267 + n], 0x15);
      assert.ok(isGenuine(issuer.key, code.subarray(3, 198 + n), code.subarray(199 + n, 263 + n)));
      assert.ok(isGenuine(key, code.subarray(0, 267 + n), code.subarray(268 + n)));
    });
  }

  test('puts every field where JT/T 1179 has it', () => {
    const key = createSm2Key();
    const phone = createPhone({
      issuer,
      key,
      account: '00112233445566778899',
      paymentAccount: 'payment account!',
      issuerCode: 'a1a2a3a4',
      codePlatform: 'b1b2b3b4',
    });
    const code = phone.showCode({
      at,
      version: 0x80,
      accountType: 3,
      spendCapFen: 0x010203,
      authorisedUntil: 1_700_000_000_000,
      validityS: 1201,
    });
    const view = new DataView(code.buffer);
    assert.is(code[0], 0x80);
    assert.equal(code.slice(3, 120), issuer.certificate);
    assert.is(Buffer.from(code.subarray(120, 136)).toString('latin1'), 'payment account!');
    assert.is(toHex(code.subarray(136, 146)), '00112233445566778899');
    assert.is(toHex(code.subarray(146, 154)), 'a1a2a3a4b1b2b3b4');
    assert.is(code[154], 3);
    assert.is(toHex(code.subarray(155, 158)), '010203');
    assert.equal(code.slice(158, 191), key.publicCompressed);
    assert.is(view.getUint32(191), 1_700_000_000);
    assert.is(view.getUint16(195), 1201);
    assert.is(view.getUint32(263), Math.floor(at / 1000));
  });

  test('signs afresh each time', () => {
    const phone = createPhone({ issuer });
    assert.not.equal(phone.showCode({ at }), phone.showCode({ at }));
  });

  test('can show a code whose issuer signature is not the certified key’s', () => {
    const n = 0;
    const code = createPhone({ issuer: { ...issuer, key: createSm2Key() } }).showCode({ at });
    assert.not(isGenuine(issuer.key, code.subarray(3, 198 + n), code.subarray(199 + n, 263 + n)));
  });

  test('refuses fields of another length', () => {
    const phone = createPhone({ issuer });
    assert.throws(() => phone.showCode({ at, account: '0011' }), /account: 10 bytes expected, not 2/);
    assert.throws(() => phone.showCode({ at, paymentAccount: 'short' }), /payment account: 16 bytes/);
  });
});
