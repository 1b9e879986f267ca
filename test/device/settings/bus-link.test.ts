import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { busLink, readBusKey } from '../../../device/settings/bus-link.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const given = { listen: 'tcp://192.168.7.1:4710', reach: ['tcp://192.168.7.2:4710'], key: 'bus-key.json' };
const problemsOf = (more: object) =>
  busLink.safeParse({ ...given, ...more }).error?.issues.map(({ path }) => path.join('.')) ?? [];
const hex = '0f'.repeat(32);

suite('settings: bus link', test => {
  test('addresses are of others, and each is there once', () => {
    assert.equal(problemsOf({}), []);
    assert.equal(problemsOf({ reach: [...given.reach, 'tcp://[fe80::1%eth0]:4710'] }), []);
    assert.equal(problemsOf({ reach: [given.listen] }), ['reach']);
    assert.equal(problemsOf({ reach: [...given.reach, ...given.reach] }), ['reach']);
    assert.equal(problemsOf({ reach: [] }), ['reach']);
    assert.equal(problemsOf({ reach: ['/dev/ttyS1'] }), ['reach.0']);
    assert.equal(problemsOf({ listen: '192.168.7.1:4710' }), ['listen']);
    assert.equal(problemsOf({ key: '' }), ['key']);
  });

  test('the key is read from a file that nobody else may write; an error never quotes it', context => {
    const file = join(temporaryDirectory(context), 'bus-key.json');
    const write = (text: string) => writeFileSync(file, text, { mode: 0o600 });
    write(`{"busKey":"${hex}"}\n`);
    assert.equal(Buffer.from(readBusKey(file)).toString('hex'), hex);
    for (const text of [
      '',
      '{}',
      hex,
      `{"busKey":"${hex}0"}`,
      `{"busKey":"${hex}","more":1}`,
      `{"busKey":["${hex}"]}`,
    ]) {
      write(text);
      assert.throws(
        () => readBusKey(file),
        ({ kind, message }: { kind: string; message: string }) =>
          kind === 'config' && message.includes(file) && !message.includes('0f0f'),
      );
    }
    write(`{"busKey":"${hex}"}`);
    chmodSync(file, 0o622);
    assert.throws(() => readBusKey(file), /others may write/);
    assert.throws(() => readBusKey(`${file}-not`), /ENOENT|no such file/);
  });
});
