import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { archive } from '../../../device/maintenance/diagnostics.ts';
import { createOutbox } from '../../../device/maintenance/outbox.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

suite('diagnostics archive', test => {
  test('opens with tar, holds each text whole or says that it was cut, and leaves nothing else', async context => {
    const directory = join(temporaryDirectory(context), 'outbox');
    const outbox = createOutbox(directory, 'bus-1', () => 0);
    const entries = [
      { name: 'status.txt', text: 'WORKS 正常\n' },
      { name: 'empty.json', text: '' },
      { name: 'long.txt', text: 'x'.repeat(3 * 1024 * 1024) },
    ];
    const { name, bytes } = await archive(entries, outbox);
    const extract = (entry: string) =>
      execFileSync('tar', ['-xzOf', join(directory, name), entry], { maxBuffer: 1 << 24 }).toString();
    assert.is(extract('status.txt'), 'WORKS 正常\n');
    assert.is(extract('empty.json'), '');
    assert.match(extract('long.txt').slice(-60), 'cut: it had 3145728 characters');
    assert.ok(bytes > 0 && bytes < 100_000);
    assert.equal(readdirSync(directory), [name]);
    const owner = execFileSync('tar', ['-tvzf', join(directory, name)]).toString();
    assert.not.match(owner, /root|home/);
  });

  test('where the disk takes nothing it fails, and leaves nothing', async context => {
    const directory = join(temporaryDirectory(context), 'outbox');
    const outbox = createOutbox(directory, 'bus-1', () => 0);
    await archive([{ name: 'no/such/place', text: 'x' }], outbox).then(
      () => assert.unreachable(),
      error => assert.match(error.message, 'ENOENT'),
    );
    assert.equal(readdirSync(directory), []);
  });
});
