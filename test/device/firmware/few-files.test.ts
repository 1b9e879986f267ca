/** A firmware that may have 64 files open: it loads, follows the feed, and takes rides. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { startFedStand } from './fed-stand.ts';

/** Each firmware of this test is started by a Node that may have no more. */
function limitFiles(limit: number, context: TestContext): void {
  const node = process.execPath;
  const limited = join(temporaryDirectory(context), 'node');
  writeFileSync(limited, `#!/bin/sh\nulimit -n ${limit} && exec ${node} "$@"\n`);
  chmodSync(limited, 0o755);
  process.execPath = limited;
  context.after(() => {
    process.execPath = node;
  });
}

suite('few files', test => {
  test('64 are enough for all parts, the feed and its snapshots', async context => {
    limitFiles(64, context);
    const { stand, publish, arrives, nextEpoch } = await startFedStand(context);
    await arrives(2);
    await arrives(publish('delta'));
    await arrives(publish('snapshot'));
    await arrives(await nextEpoch());
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
    assert.is((await stand.scan(stand.crowd.code('green'))).verdict, 'pass');
    assert.match(await stand.ask('status'), 'bus-1-front: WORKS\r\n');
    const problems = stand.log.filter(line => /EMFILE|too many open/.test(JSON.stringify(line)));
    assert.equal(problems, []);
  });
});
