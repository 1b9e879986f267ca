/** A machine whose clock is wrong has one clock: what the firmware starts as threads sees the same time. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const offsetMs = 100 * 365 * 86_400_000;
const built = (path: string) => new URL(`../../../${path}`, import.meta.url).href;

suite('wrong clock', test => {
  test('the threads of the firmware have it too', async context => {
    const directory = temporaryDirectory(context);
    const thread = join(directory, 'thread.mjs');
    const main = join(directory, 'main.mjs');
    writeFileSync(
      thread,
      `import { parentPort } from 'node:worker_threads'; parentPort.postMessage(new Date().getFullYear());`,
    );
    writeFileSync(
      main,
      `import { superviseWorker } from ${JSON.stringify(built('device/kit/supervised-worker.js'))};
      const worker = superviseWorker({
        program: new URL(${JSON.stringify(pathToFileURL(thread).href)}),
        onMessage(year) {
          console.log(new Date().getFullYear(), year);
          void worker.close();
        },
      });`,
    );
    const NODE_OPTIONS = `--import ${built('sim/wires/wrong-clock.js')}?offsetMs=${offsetMs}`;
    const { stdout } = await promisify(execFile)(process.execPath, [main], {
      env: { ...process.env, NODE_OPTIONS },
    });
    const [own = '', threads] = stdout.trim().split(' ');
    assert.ok(Number(own) > 2100, stdout);
    assert.is(threads, own);
  });
});
