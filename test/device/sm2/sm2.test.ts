import sm from 'sm-crypto-v2';
import * as assert from 'uvu/assert';
import { nativeSm2 } from '../../../device/sm2/native.ts';
import { portableSm2 } from '../../../device/sm2/portable.ts';
import { passesSelfTest, selectSm2 } from '../../../device/sm2/select.ts';
import { suite } from '../../harness.ts';

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits, 'hex'));
const order = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123';

for (const [name, sm2] of Object.entries({ native: nativeSm2, portable: portableSm2 })) {
  suite(`SM2, ${name}`, test => {
    test('verifies the published vector and refuses its negative', () => assert.ok(passesSelfTest(sm2)));

    test('verifies signatures of an independent implementation, with both key forms', () => {
      for (let i = 0; i < 20; i++) {
        const keys = sm.sm2.generateKeyPairHex();
        const message = crypto.getRandomValues(new Uint8Array(i * 13));
        const signature = hex(sm.sm2.doSignature(message, keys.privateKey, { hash: true, der: false }));
        const forms = [hex(keys.publicKey.slice(2)), hex(sm.sm2.compressPublicKeyHex(keys.publicKey))];
        for (const form of forms) {
          const verify = sm2.verifier(form);
          assert.is(verify?.(message, signature), true);
          assert.is(verify?.(Uint8Array.of(...message, 0), signature), false);
          for (const at of [0, 31, 32, 63]) {
            const changed = signature.map((byte, j) => (j === at ? byte ^ 0x01 : byte));
            assert.is(verify?.(message, changed), false);
          }
        }
      }
    });

    test('refuses r and s out of range, and signatures of another length', () => {
      const keys = sm.sm2.generateKeyPairHex();
      const verify = sm2.verifier(hex(sm.sm2.compressPublicKeyHex(keys.publicKey)));
      const message = hex('00ff');
      const good = sm.sm2.doSignature(message, keys.privateKey, { hash: true, der: false });
      const zero = '00'.repeat(32);
      const bad = [
        zero + good.slice(64),
        good.slice(0, 64) + zero,
        order + good.slice(64),
        good.slice(0, 64) + order,
        'ff'.repeat(64),
        good.slice(2),
        `${good}00`,
        '',
      ];
      assert.is(verify?.(message, hex(good)), true);
      for (const signature of bad) assert.is(verify?.(message, hex(signature)), false);
    });

    test('takes no key that is not a point of the curve', () => {
      const points = [
        '',
        '04',
        '02',
        '02'.repeat(33),
        '00'.repeat(33),
        '05'.repeat(64),
        'ff'.repeat(64),
        '00'.repeat(64),
      ];
      for (const point of points) {
        const verify = sm2.verifier(hex(point));
        // 02 ‖ x is a point for half of all x; what counts is that nothing verifies and nothing throws.
        if (point === '02'.repeat(33)) assert.not.ok(verify?.(hex('00'), hex('11'.repeat(64))));
        else assert.is(verify, undefined);
      }
    });
  });
}

suite('SM2, the choice at start', test => {
  const broken = { verifier: () => () => true };
  const throwing = {
    verifier: () => {
      throw new Error('no SM2 here');
    },
  };

  test('the native one leads where it passes', async () => assert.is((await selectSm2()).engine, 'native'));

  test('one that verifies everything, or throws, fails its self-test and the portable one is taken', async () => {
    assert.is((await selectSm2(broken)).engine, 'portable');
    assert.is((await selectSm2(throwing)).engine, 'portable');
  });

  test('with none that passes, the start fails', async () => {
    const outcome = await selectSm2(broken, async () => throwing).catch(String);
    assert.match(String(outcome), /self-test/);
  });
});
