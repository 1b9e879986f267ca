import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readFleetKeys, tokenOf } from '../../sync/fleet-keys.ts';
import { suite } from '../harness.ts';
import { temporaryDirectory } from '../temporary.ts';

const key = { id: 'k1', key: Buffer.alloc(32, 7) };

suite('fleet keys', test => {
  test('reads keys, and names what is wrong without showing any', context => {
    const directory = temporaryDirectory(context);
    const path = join(directory, 'keys.json');
    const secret = 'ab'.repeat(32);
    writeFileSync(path, JSON.stringify({ keys: [{ id: 'a', key: secret }] }));
    assert.equal(readFleetKeys(path)[0], { id: 'a', key: Buffer.from(secret, 'hex') });
    for (const content of [
      `{"keys":[{"id":"a","key":"${secret}0"}]}`,
      `{"keys":[]}`,
      `{"keys": ${secret}`,
      '',
    ]) {
      writeFileSync(path, content);
      try {
        readFleetKeys(path);
        assert.unreachable();
      } catch (error) {
        assert.match(String(error), 'keys.json');
        assert.not.match(String(error), secret);
      }
    }
  });

  test('tokens are 8 bytes of HMAC-SHA-256 over kind and account', () => {
    // printf 't-union3105100000000000001' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…07
    const expected = '8f0c20c5968f6a97';
    assert.is(Buffer.from(tokenOf(key, 't-union', '3105100000000000001')).toString('hex'), expected);
  });
});
