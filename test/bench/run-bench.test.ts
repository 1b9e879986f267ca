/** What goes wrong in one part of the bench, told and without cost to the figures of the others. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite, type TestContext } from '../harness.ts';
import { temporaryDirectory } from '../temporary.ts';
import { withFirmware } from './firmware-under-test.ts';
import { createTestStand } from './test-stand.ts';

const program = fileURLToPath(new URL('./made-up-bench.js', import.meta.url));

const wrong = ['fails-once', 'breaks-off', 'crashes', 'loses-a-promise'];

suite('the bench', test => {
  test('exits 0 where all went well; what the machine lacks is not measured, and no failure', async context => {
    const { code, output, figures } = await bench(context, ['fine', 'lacks']);
    assert.deepEqual({ code, figures }, { code: 0, figures: { 'fine.one': 1, 'lacks.else': 1 } });
    assert.match(output, /^lacks: something +not measured +pcscd is not installed$/m);
  });

  test('exits 1 for a figure beyond its limit', async context => {
    const { code, output } = await bench(context, ['misses']);
    assert.equal(code, 1);
    assert.match(output, /^misses\.one +3 +≤ 2 +NOT MET$/m);
  });

  test('what goes wrong is told at the end, and costs its own figures only', async context => {
    // Of earlier runs: what fails now must not be there any more, what is not measured now must stay.
    const before = { 'fails-once.bad': 7, 'other.one': 7 };
    const { code, output, figures, left } = await bench(context, [...wrong, 'fine'], before);
    assert.equal(code, 1);
    assert.deepEqual(figures, {
      'other.one': 7,
      'fails-once.good': 1,
      'breaks-off.first': 1,
      'crashes.first': 1,
      'loses-a-promise.first': 1,
      'fine.one': 1,
    });
    const table = output.slice(output.indexOf('figure '));
    assert.match(table, /^fine\.one +1 +≤ 2 +met$/m);
    assert.match(table, /^fails-once: bad +FAILED +no notice: the camera was silent$/m);
    assert.match(table, /^breaks-off +FAILED +the publisher ended$/m);
    assert.match(table, /^crashes +FAILED +its process ended with SIGKILL$/m);
    assert.match(table, /^loses-a-promise +FAILED +its process ended with exit code 1$/m);
    assert.deepEqual(left, ['bench.json']);
  });
});

suite('the firmware under test', test => {
  test('a complaint in its log fails what was measured with it', async context => {
    const stand = await createTestStand(temporaryDirectory(context));
    // Nobody is at the far end of its wires.
    await stand.close();
    const measured = withFirmware(stand.configFile, () => Promise.resolve('measured'));
    await assert.rejects(measured, /the firmware complained: .*part-fault/);
  });
});

async function bench(
  context: TestContext,
  parts: readonly string[],
  before?: Readonly<Record<string, number>>,
) {
  const directory = temporaryDirectory(context);
  const file = join(directory, 'bench.json');
  if (before !== undefined) writeFileSync(file, JSON.stringify(before));
  const child = spawn(process.execPath, [program, file, ...parts], { stdio: ['ignore', 'pipe', 'ignore'] });
  context.after(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', chunk => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  const figures: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return { code, output, figures, left: readdirSync(directory) };
}
