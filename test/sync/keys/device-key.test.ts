/** A device's key: it opens what was wrapped for it, under that name, and nothing else; its file says who it is. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import {
  createSoftwareKey,
  newPrivateKey,
  publicKeyOf,
  wrapFor,
  wrappedBytes,
} from '../../../sync/keys/device-key.ts';
import { openWith, sealTo } from '../../../sync/keys/hpke.ts';
import { keysFileText, readKeysFile } from '../../../sync/keys/keys-file.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const epoch = () => ({ id: 'epoch-7', key: randomBytes(32) });

async function refusalOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
    return 'opened';
  } catch (error) {
    return String(error);
  }
}

suite('device key', test => {
  test('the public half of a private one is what another implementation of RFC 7748 makes of it', () => {
    const privateKey = Buffer.from('77076d0a7318a57d3c16c17251b26645c6d9f2d5b4b0c9d5e5a8c6a5b1d6a4a1', 'hex');
    const publicKey = 'acdbde1fe510745346252c76451ad5338971481af43eed039cb9a2ee93be0e65';
    assert.is(publicKeyOf(privateKey).toString('hex'), publicKey);
  });

  test('what is sealed opens, and is another each time', async () => {
    const key = newPrivateKey();
    const content = Buffer.from('content');
    const sealed = await sealTo(publicKeyOf(key), 'info', content);
    assert.equal(await openWith(key, 'info', sealed), content);
    assert.not.equal(await sealTo(publicKeyOf(key), 'info', content), sealed);
  });

  test('opens its own, under its name; not another device’s, not another epoch’s, nothing changed', async () => {
    const [mine, other] = [newPrivateKey(), newPrivateKey()];
    const key = epoch();
    const wrapped = await wrapFor(publicKeyOf(mine), key);
    assert.is(wrapped.length, wrappedBytes);
    assert.equal(await createSoftwareKey(mine).open(wrapped, 'epoch-7'), key);
    const refused = /FeedError: the key file of epoch-\d was not made for this device/;
    assert.match(await refusalOf(() => createSoftwareKey(other).open(wrapped, 'epoch-7')), refused);
    assert.match(await refusalOf(() => createSoftwareKey(mine).open(wrapped, 'epoch-8')), refused);
    for (let byte = 0; byte < wrapped.length; byte += 7) {
      const changed = Buffer.from(wrapped);
      changed[byte] = (changed[byte] ?? 0) ^ 4;
      assert.match(
        await refusalOf(() => createSoftwareKey(mine).open(changed, 'epoch-7')),
        refused,
        `${byte}`,
      );
    }
    for (const length of [0, 1, 31, 32, 79])
      assert.match(
        await refusalOf(() => createSoftwareKey(mine).open(wrapped.subarray(0, length), 'epoch-7')),
        refused,
      );
  });

  test('its file is read back; one that is not right is refused without its content', context => {
    const path = join(temporaryDirectory(context), 'keys.json');
    const privateKey = newPrivateKey();
    writeFileSync(path, keysFileText('bus-1-front', privateKey));
    assert.equal(readKeysFile(path), { device: 'bus-1-front', privateKey: Buffer.from(privateKey) });
    const secret = 'abcdef0123456789'.repeat(4);
    const wrong = [
      { device: 'a', privateKey: `${secret}00` },
      { device: '../a', privateKey: secret },
      { device: 'a' },
      { device: 'a', privateKey: secret, more: 1 },
      { device: 'a', privateKey: secret, tpm: { public: 'AAAA', private: 'AAAA' } },
      { device: 'a', publicKey: secret, tpm: { public: '?', private: 'AAAA' } },
    ];
    for (const content of wrong) {
      writeFileSync(path, JSON.stringify(content));
      let refused = '';
      try {
        readKeysFile(path);
      } catch (error) {
        refused = String(error);
      }
      assert.match(refused, /keys\.json: expected/);
      assert.not.match(refused, /abcdef/);
    }
    writeFileSync(path, JSON.stringify({ keys: [{ id: 'a', key: secret }] }));
    assert.equal(readKeysFile(path), { fleetKeys: [{ id: 'a', key: Buffer.from(secret, 'hex') }] });
  });
});
