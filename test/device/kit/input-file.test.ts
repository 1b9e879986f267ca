import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readPlainFile } from '../../../device/kit/input-file.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

suite('files that somebody named', test => {
  test('read up to the limit; no device, no directory', context => {
    const directory = temporaryDirectory(context);
    const file = join(directory, 'a');
    writeFileSync(file, 'four');
    assert.is(readPlainFile(file, 4).toString(), 'four');
    assert.throws(() => readPlainFile(file, 3), '4 bytes, at most 3 are read');
    for (const path of ['/dev/zero', directory]) {
      assert.throws(() => readPlainFile(path, 4), 'is no plain file', path);
    }
    assert.throws(() => readPlainFile(join(directory, 'none'), 4), 'ENOENT');
  });
});
