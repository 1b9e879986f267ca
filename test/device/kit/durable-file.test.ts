import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

suite('kit: durable files', test => {
  test('a file is replaced as a whole, also after a crash that left its beginning', context => {
    const dir = temporaryDirectory(context);
    const path = join(dir, 'a');
    writeFileSync(join(dir, '.a.new'), 'a crash left this, and it is longer', { mode: 0o644 });
    writeDurably(path, 'first', 0o600);
    assert.is(readFileSync(path, 'utf8'), 'first');
    assert.is(statSync(path).mode & 0o777, 0o600);
    writeDurably(path, Buffer.from('second'), 0o600);
    assert.is(readFileSync(path, 'utf8'), 'second');
    assert.equal(readdirSync(dir), ['a']);
  });

  test('a failure leaves nothing behind', context => {
    const dir = temporaryDirectory(context);
    mkdirSync(join(dir, 'a'));
    assert.throws(() => writeDurably(join(dir, 'a'), 'first'), /EISDIR|ENOTEMPTY|EEXIST/);
    assert.equal(readdirSync(dir), ['a']);
  });
});
