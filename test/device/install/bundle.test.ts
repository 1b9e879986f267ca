/** The firmware as one folder: it holds what it starts and nothing else, and runs without the checkout. */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { bundleFirmware } from '../../../device/install/bundle.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const checkout = fileURLToPath(new URL('../../../../', import.meta.url));

async function bundled(context: TestContext) {
  const folder = join(temporaryDirectory(context), 'firmware');
  return { folder, ...(await bundleFirmware(checkout, folder)) };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

suite('the bundled firmware', test => {
  const shared = test.shared(bundled);

  test('holds its programs, what they start, and the native parts', async () => {
    const { folder, natives } = await shared();
    const files = filesIn(folder);
    for (const program of [
      'device/launcher.js',
      'device/main.js',
      'device/update/trial-watch.js',
      'drivers/code-reader/decode-worker.js',
      'drivers/card-reader/pcsc/program.js',
      'drivers/card-reader/hosted/orphan-watch.js',
      'sync/client/worker.js',
      'sync/uplink/worker.js',
    ])
      assert.ok(files.includes(`build/${program}`), program);
    assert.ok(natives.includes('native/better_sqlite3.node'));
    assert.ok(natives.includes('native/zxing_reader.wasm'));
    const others = files.filter(file => !file.startsWith('build/') && !natives.includes(file));
    assert.equal(others, ['package.json']);
  });

  test('tells nothing of where it was built', async () => {
    const { folder } = await shared();
    const programs = filesIn(folder).filter(file => file.endsWith('.js'));
    for (const file of programs)
      assert.not(readFileSync(join(folder, file), 'utf8').includes(checkout), file);
  });

  test('runs in another place, where nothing is installed', async context => {
    const { folder } = await shared();
    const elsewhere = join(temporaryDirectory(context), 'build', 'elsewhere');
    cpSync(folder, elsewhere, { recursive: true });
    const said = execFileSync(process.execPath, [join(elsewhere, 'build/device/main.js'), '--version'], {
      encoding: 'utf8',
    });
    const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
    assert.is(said, `${version}\n`);
  });

  test('names every package that is in it, for their licences', async () => {
    const { packages } = await shared();
    const names = packages.map(folder => folder.split('node_modules/').at(-1));
    for (const name of ['better-sqlite3', 'zxing-wasm', 'zod', 'mqtt', 'undici', '@serialport/bindings-cpp'])
      assert.ok(names.includes(name), name);
    assert.not(names.includes('fastify'));
  });
});
