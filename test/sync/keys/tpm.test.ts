/** A device key sealed in a TPM 2.0, here swtpm's: it opens on that machine alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { isProgram } from '../../../drivers/wire/program.ts';
import { runMakeKey } from '../../../sync/commands/devices.ts';
import { wrapFor } from '../../../sync/keys/device-key.ts';
import { keepWrapped, openKeyRing } from '../../../sync/keys/key-ring.ts';
import { readKeysFile } from '../../../sync/keys/keys-file.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import type { Requirement } from '../../left-out.ts';
import { temporaryDirectory } from '../../temporary.ts';

const needed: Requirement = {
  what: 'a TPM in software',
  packages: ['swtpm', 'tpm2-tools'],
  met: () => ['swtpm', 'tpm2_create'].every(program => isProgram(program)),
};

/** A TPM of its own for what follows, by way of a socket file, as tpm2-tools find it. */
async function plugIn(context: TestContext, directory: string, name: string): Promise<void> {
  const state = join(directory, name);
  mkdirSync(state);
  const socket = join(state, 'socket');
  const words = ['socket', '--tpm2', '--tpmstate', `dir=${state}`, '--flags', 'not-need-init,startup-clear'];
  const paths = ['--server', `type=unixio,path=${socket}`, '--ctrl', `type=unixio,path=${socket}.ctrl`];
  const tpm = spawn('swtpm', [...words, ...paths], { stdio: 'ignore' });
  const ended = once(tpm, 'exit');
  context.after(async () => {
    tpm.kill();
    await ended;
  });
  await until('the TPM', async () => {
    const wire = connect(`${socket}.ctrl`);
    const [event] = await Promise.race([once(wire, 'connect').then(() => ['up']), once(wire, 'error')]);
    wire.destroy();
    return event === 'up';
  });
  process.env.TPM2TOOLS_TCTI = `swtpm:path=${socket}`;
}

suite('device key in a TPM', test => {
  test.needing(needed, 'opens what is wrapped for it, on its machine alone', async context => {
    const directory = temporaryDirectory(context);
    await plugIn(context, directory, 'mine');
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

    await plugIn(context, directory, 'another');
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
