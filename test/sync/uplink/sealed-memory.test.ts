/** What the memory of a running validator gives away of rows that it has sealed: looked for in all of it, by whoever may read it. */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { newPrivateKey, publicKeyOf } from '../../../sync/keys/device-key.ts';
import { exportFrom } from '../../../sync/keys/hpke.ts';
import { chainInfo, encapsulatedBytes, nextSecret, secretBytes } from '../../../sync/uplink/row-key.ts';
import { suite, type TestContext, until } from '../../harness.ts';

const rows = 40;
/** No part of a process of ours is as large; what only reserves addresses is. */
const largestPart = 512 * 1024 * 1024;

async function sealRows(context: TestContext, officeKey: Uint8Array) {
  const program = join(import.meta.dirname, 'sealing-process.js');
  const key = Buffer.from(officeKey).toString('hex');
  const sealing = spawn(process.execPath, ['--expose-gc', program, key, String(rows)]);
  context.after(() => void sealing.kill('SIGKILL'));
  let output = '';
  sealing.stdout.setEncoding('utf8').on('data', text => {
    output += text;
  });
  await until('all rows', () => output.endsWith('done\n'));
  const sealed = output.split('\n').slice(0, rows);
  return { pid: sealing.pid ?? 0, sealed: sealed.map(hex => Buffer.from(hex, 'hex')) };
}

/** As the back office finds it. */
async function secretOf(sealed: Buffer, privateKey: Uint8Array): Promise<Buffer> {
  let secret = await exportFrom(privateKey, chainInfo, sealed.subarray(0, encapsulatedBytes), secretBytes);
  for (let step = sealed.readUInt16BE(encapsulatedBytes); step > 0; step--) secret = nextSecret(secret);
  return secret;
}

/** All that a process can write in. */
function* memoryOf(pid: number): Iterable<Buffer> {
  const fd = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
      const [, from = '', to = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      const [start, length] = [
        Number.parseInt(from, 16),
        Number.parseInt(to, 16) - Number.parseInt(from, 16),
      ];
      if (!(length > 0) || length > largestPart) continue;
      const part = Buffer.alloc(length);
      try {
        yield part.subarray(0, readSync(fd, part, 0, length, start));
      } catch {
        // It has been given back meanwhile.
      }
    }
  } finally {
    closeSync(fd);
  }
}

suite('memory of sealed rows', test => {
  test('no key of a row that is sealed, nor anything that leads to it; that of the next row is there', async context => {
    const privateKey = newPrivateKey();
    const { pid, sealed } = await sealRows(context, publicKeyOf(privateKey));
    const secrets = await Promise.all(sealed.map(row => secretOf(row, privateKey)));
    const gone = [...secrets, ...secrets.map(secret => createHmac('sha256', secret).update('row').digest())];
    const next = nextSecret(secrets.at(-1) ?? Buffer.of());
    let isNextThere = false;
    for (const part of memoryOf(pid)) {
      isNextThere ||= part.includes(next);
      assert.equal(
        gone.filter(secret => part.includes(secret)).map(secret => gone.indexOf(secret)),
        [],
      );
    }
    assert.ok(isNextThere, 'it would have been found');
  });
});
