/** A device key sealed in a TPM 2.0, here swtpm's: it opens on that machine alone. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { runMakeKey } from '../../../sync/commands/devices.ts';
import { wrapFor } from '../../../sync/keys/device-key.ts';
import { keepWrapped, openKeyRing } from '../../../sync/keys/key-ring.ts';
import { readKeysFile } from '../../../sync/keys/keys-file.ts';
import { suite } from '../../harness.ts';
import { plugInTpm, tpmNeeded } from '../../software-tpm.ts';
import { temporaryDirectory } from '../../temporary.ts';

suite('device key in a TPM', test => {
  test.needing(tpmNeeded, 'opens what is wrapped for it, on its machine alone', async context => {
    const directory = temporaryDirectory(context);
    await plugInTpm(context, directory, 'mine');
    const file = join(directory, 'keys.json');
    const { publicKey, ...made } = await runMakeKey('bus-1-front', file, true);
    assert.equal([made.made, made.keys], ['bus-1-front', file]);
    assert.is(statSync(file).mode & 0o777, 0o600);
    assert.not.match(readFileSync(file, 'utf8'), /privateKey/);

    const epoch = { id: 'epoch-1', key: Buffer.alloc(32, 7) };
    const wrapped = await wrapFor(Buffer.from(String(publicKey), 'hex'), epoch);
    const cache = join(directory, 'cache');
    keepWrapped(cache, 'epoch-1', wrapped, undefined);
    const ring = () => openKeyRing(readKeysFile(file), cache);
    const opened = await ring();
    assert.equal(opened.held(), [epoch]);
    assert.is(opened.keptIn, "the machine's TPM");

    await plugInTpm(context, directory, 'another');
    assert.equal((await ring()).held(), []);
    const { device } = await ring();
    let refused = '';
    await device?.open(wrapped, 'epoch-1').catch(error => {
      refused = String(error);
    });
    assert.match(refused, /^FeedError: the TPM: tpm2_load ended with 1/);
  });

  test('without a TPM it is refused, and no file is made', async context => {
    const directory = temporaryDirectory(context);
    const before = process.env.PATH;
    process.env.PATH = directory;
    try {
      writeFileSync(join(directory, 'empty'), '');
      const { error } = await runMakeKey('bus-1-front', join(directory, 'keys.json'), true);
      assert.match(String(error), /the TPM: .*ENOENT/);
      assert.throws(() => statSync(join(directory, 'keys.json')));
    } finally {
      process.env.PATH = before;
    }
  });
});
