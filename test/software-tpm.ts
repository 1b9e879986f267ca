/** A TPM 2.0 in software, as tpm2-tools find it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { isProgram } from '../drivers/wire/program.ts';
import { type TestContext, until } from './harness.ts';
import type { Requirement } from './left-out.ts';

export const tpmNeeded: Requirement = {
  what: 'a TPM in software',
  packages: ['swtpm', 'tpm2-tools'],
  met: () => ['swtpm', 'tpm2_create'].every(program => isProgram(program)),
};

/** A TPM of its own for what follows, by way of a socket file, as tpm2-tools find it. */
export async function plugInTpm(context: TestContext, directory: string, name: string): Promise<void> {
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
