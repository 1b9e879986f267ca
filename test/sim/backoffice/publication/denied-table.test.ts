/** The publishing thread reads the table of denied media when it has changed, and until it has been published. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { WrongUsage } from '../../../../device/kit/errors.ts';
import { followDeniedTable } from '../../../../sim/backoffice/publication/denied-table.ts';
import { suite } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

const row = (i: number) => `t-union,310510000000000000${i},lost\n`;

suite('the table of denied media', test => {
  test('is read again until it has been published, and then only when it has changed', async context => {
    const file = join(temporaryDirectory(context), 'denied.csv');
    const table = followDeniedTable({ file });
    const write = (...rows: number[]) =>
      writeFileSync(file, `medium,account,reason\n${rows.map(row).join('')}`);
    const count = async () => (await table.read())?.length;
    write(1, 2);
    assert.is(await count(), 2);
    assert.is(await count(), 2, 'the publication has failed');
    table.published();
    assert.is(await count(), undefined);
    write(1, 3);
    assert.is(await count(), 2, 'as long as before, and another');
    table.published();
    write();
    assert.is(await count(), 0, 'nobody is denied any more');
    table.published();
    write(1, 3);
    assert.is(await count(), 2);
  });

  test('that cannot be used is told by name each time, and counts as not published', async context => {
    const file = join(temporaryDirectory(context), 'denied.csv');
    const table = followDeniedTable({ file });
    const problem = () =>
      table.read().then(
        () => '',
        error => (error instanceof WrongUsage ? error.message : ''),
      );
    assert.match(await problem(), /denied\.csv: ENOENT/);
    writeFileSync(file, 'medium,account\n');
    assert.match(await problem(), /denied\.csv: line 1/);
    assert.match(await problem(), /denied\.csv: line 1/);
    rmSync(file);
    assert.match(await problem(), /denied\.csv/);
  });

  test('if there is none, the list stays', async () => {
    const table = followDeniedTable({});
    assert.is(await table.read(), undefined);
    table.published();
    assert.is(await table.read(), undefined);
  });
});
