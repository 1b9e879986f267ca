/** Root records and issuer certificates, byte by byte. */
import * as assert from 'uvu/assert';
import { toHex } from '../../../device/core/bytes.ts';
import { createAuthority } from '../../../sim/media/authority.ts';
import { createSm2Key } from '../../../sim/media/sm2-key.ts';
import { suite } from '../../harness.ts';
import { isGenuine } from './is-genuine.ts';

suite('authority', test => {
  test('signs its own root record', () => {
    const key = createSm2Key();
    const { rootRecord } = createAuthority({ index: 7, expiry: '1235', key });
    assert.is(rootRecord.length, 144);
    assert.is(toHex(rootRecord.subarray(0, 16)), '2101010000a0000006320712350400' + '40');
    assert.equal(rootRecord.slice(16, 80), key.publicXy);
    assert.ok(isGenuine(key, rootRecord.subarray(0, 80), rootRecord.subarray(80)));
  });

  test('certifies an issuer', () => {
    const key = createSm2Key();
    const authority = createAuthority({ index: 7, key });
    const issuer = authority.issue({ issuerId: '12345678', expiry: '0630', serial: 0x010203 });
    const { certificate } = issuer;
    assert.is(certificate.length, 117);
    assert.is(
      toHex(certificate.subarray(0, 20)),
      '2401010000' + '07' + '12' + '12345678' + '0630' + '010203' + '04040021',
    );
    assert.equal(certificate.slice(20, 53), issuer.key.publicCompressed);
    assert.ok(isGenuine(key, certificate.subarray(6, 53), certificate.subarray(53)));
    assert.is(authority.issue({ index: 9 }).certificate[5], 9, 'a certificate may claim another CA key');
  });

  test('refuses fields that do not fit', () => {
    const authority = createAuthority();
    assert.throws(() => authority.issue({ serial: 0x1000000 }), /unsigned number of 3 bytes/);
    assert.throws(() => authority.issue({ expiry: '123' }), /4 decimal digits/);
    assert.throws(() => authority.issue({ issuerId: '1234567a' }), /8 decimal digits/);
  });
});
