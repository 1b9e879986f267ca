import { mkdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createOutbox } from '../../../device/maintenance/outbox.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const at = Date.parse('2022-06-10T05:30:00+08:00');

suite('outbox', test => {
  test('files are named by what they are, whose and when; nobody else may read them', async context => {
    const directory = join(temporaryDirectory(context), 'outbox');
    const outbox = createOutbox(directory, 'bus 1/../front', () => at);
    assert.equal(await outbox.list(), []);
    const { name } = await outbox.put('camera', 'png', Buffer.from('x'));
    assert.is(name, 'camera-bus_1_.._front-20220610-053000.png');
    const second = await outbox.put('camera', 'png', Buffer.from('yy'));
    assert.is(second.name, 'camera-bus_1_.._front-20220610-053000-2.png');
    assert.is(second.bytes, 2);
    assert.is(statSync(directory).mode & 0o077, 0);
    assert.is(statSync(join(directory, name)).mode & 0o077, 0);
  });

  test('a time that nobody knows is no reason to fail', async context => {
    const outbox = createOutbox(join(temporaryDirectory(context), 'o'), 'd', () => Number.NaN);
    assert.match((await outbox.put('x', 'txt', Buffer.from('x'))).name, /^x-d-19700101/);
  });

  test('the oldest make room, by number and by size; what is no plain file, or is being written, is none', async context => {
    const directory = join(temporaryDirectory(context), 'outbox');
    mkdirSync(directory);
    for (let i = 0; i < 20; i++) {
      writeFileSync(join(directory, `old-${i}`), 'x');
      utimesSync(join(directory, `old-${i}`), 1000 + i, 1000 + i);
    }
    writeFileSync(join(directory, '.being-written.new'), 'x');
    symlinkSync('/etc/passwd', join(directory, 'link'));
    mkdirSync(join(directory, 'folder'));
    const outbox = createOutbox(directory, 'd', () => at);
    const { name } = await outbox.put('new', 'bin', Buffer.from('x'));
    const names = (await outbox.list()).map(file => file.name);
    assert.is(names.length, 12);
    assert.is(names[0], name);
    assert.equal(names.slice(1, 3), ['old-19', 'old-18']);
    assert.not(names.includes('link') || names.includes('folder') || names.includes('.being-written.new'));
  });
});
