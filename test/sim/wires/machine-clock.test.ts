/** A machine whose clock is wrong has one clock: what the firmware starts as threads sees the same time. */
import { execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { createSharedTime } from '../../../sim/wires/shared-time.ts';
import { suite, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const offsetMs = 100 * 365 * 86_400_000;
const hourMs = 3_600_000;
const built = (path: string) => new URL(`../../../${path}`, import.meta.url).href;

suite('the clock of a machine', test => {
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
    const NODE_OPTIONS = `--import ${built('sim/wires/machine-clock.js')}?offsetMs=${offsetMs}`;
    const { stdout } = await promisify(execFile)(process.execPath, [main], {
      env: { ...process.env, NODE_OPTIONS },
    });
    const [own = '', threads] = stdout.trim().split(' ');
    assert.ok(Number(own) > 2100, stdout);
    assert.is(threads, own);
  });

  test('machines that share a time see it move at once, on both clocks', async context => {
    const directory = temporaryDirectory(context);
    const file = join(directory, 'shared time');
    const shared = createSharedTime(file, { aheadMs: offsetMs, lapsedMs: 0 });
    context.after(shared.close);
    const main = join(directory, 'main.mjs');
    writeFileSync(
      main,
      `const look = () => [Date.now(), performance.now()];
      const before = look();
      process.stdin.once('data', () => {
        const after = look();
        console.log(after.map((time, i) => time - before[i]).join(' '), new Date().getFullYear());
        process.exit();
      });
      console.log('begun');`,
    );
    const clock = `${built('sim/wires/machine-clock.js')}?${new URLSearchParams({ file })}`;
    const child = spawn(process.execPath, ['--import', clock, main], { stdio: ['pipe', 'pipe', 'inherit'] });
    context.after(() => child.kill());
    let output = '';
    child.stdout.setEncoding('utf8').on('data', text => (output += text));
    await until('its start', () => output.includes('begun'));
    shared.set({ aheadMs: offsetMs + hourMs, lapsedMs: hourMs });
    child.stdin.write('look');
    await until('its look', () => output.split('\n').length > 2);
    const [wall = 0, monotonic = 0, year = 0] = (output.split('\n')[1] ?? '').split(' ').map(Number);
    assert.ok(wall >= hourMs && monotonic >= hourMs, output);
    assert.ok(Math.abs(wall - monotonic) < hourMs / 2, output);
    assert.ok(year > 2100, output);
  });
});
