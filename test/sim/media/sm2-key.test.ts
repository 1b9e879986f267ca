/** SM2 keys of the simulator, checked against an independent implementation and the published example. */
import sm from 'sm-crypto-v2';
import * as assert from 'uvu/assert';
import { toHex } from '../../../device/core/bytes.ts';
import { createSm2Key, restoreSm2Key, seededSm2Key } from '../../../sim/media/sm2-key.ts';
import { suite } from '../../harness.ts';
import { isGenuine } from './is-genuine.ts';

suite('sm2 key', test => {
  test('signs standard SM2, with leading zeros in r and s kept', () => {
    const key = createSm2Key();
    for (let i = 0; i < 300; i++) {
      const message = Uint8Array.of(i & 0xff, i >> 8);
      const signature = key.sign(message);
      assert.is(signature.length, 64);
      assert.ok(isGenuine(key, message, signature));
    }
    assert.not(isGenuine(key, Uint8Array.of(1), key.sign(Uint8Array.of(2))));
  });

  test('gives its public key in both forms', () => {
    for (const seed of ['a', 'b', 'c', 'd']) {
      const key = seededSm2Key(seed);
      const uncompressed = `04${toHex(key.publicXy)}`;
      assert.ok(sm.sm2.verifyPublicKey(uncompressed));
      assert.is(toHex(key.publicCompressed), sm.sm2.compressPublicKeyHex(uncompressed));
    }
  });

  test('comes back from PKCS#8 as the same key', () => {
    const key = createSm2Key();
    const restored = restoreSm2Key(key.exportPkcs8());
    assert.equal(restored.publicXy, key.publicXy);
    assert.ok(isGenuine(key, Uint8Array.of(1), restored.sign(Uint8Array.of(1))));
    assert.throws(() => restoreSm2Key(Uint8Array.of(1, 2, 3)));
  });

  test('is the same for the same seed', () => {
    assert.equal(seededSm2Key('issuer').publicXy, seededSm2Key('issuer').publicXy);
    assert.not.equal(seededSm2Key('issuer').publicXy, seededSm2Key('user').publicXy);
  });

  test('derives the public key of the GB/T 32918.5 example', () => {
    // The example's private key, in the shape an exported key of ours has.
    const scalar = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8';
    const point =
      '09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13';
    const exported = toHex(seededSm2Key('any').exportPkcs8());
    const pkcs8 = `${exported.slice(0, 72)}${scalar}${exported.slice(136, 148)}${point}`;
    const key = restoreSm2Key(Buffer.from(pkcs8, 'hex'));
    assert.is(toHex(key.publicXy), point);
    assert.is(sm.sm2.getPublicKeyFromPrivateKey(scalar), `04${point}`);
    const message = new TextEncoder().encode('message digest');
    assert.ok(isGenuine(key, message, key.sign(message)));
  });
});
