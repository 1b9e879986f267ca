import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { bootFile, readBoot } from '../../../device/update/boot-file.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { digest, firmwareDirectory, makeSlot, trial } from './slots.ts';

const launcher = fileURLToPath(new URL('../../../device/launcher.js', import.meta.url));
const say = "console.log('slot', process.env.FARE_VALIDATOR_SLOT, process.argv.slice(2).join(' '));";

interface Ended {
  readonly code: unknown;
  readonly signal: unknown;
  readonly output: string;
  readonly errors: string;
}

function start(directory: string | undefined, ...words: string[]) {
  const { FARE_VALIDATOR_FIRMWARE: _, ...env } = process.env;
  return spawn(process.execPath, [launcher, ...words], {
    env: { ...env, ...(directory && { FARE_VALIDATOR_FIRMWARE: directory }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function launch(directory: string | undefined, ...words: string[]): Promise<Ended> {
  const child = start(directory, ...words);
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code, signal] = await once(child, 'exit');
  const [output, errors] = await said;
  return { code, signal, output, errors };
}

suite('the launcher', test => {
  test('without slots it is the package’s own program', async context => {
    for (const directory of [undefined, temporaryDirectory(context)]) {
      const { code, output } = await launch(directory, '--version');
      assert.is(code, 0);
      assert.match(output, /^\d+\.\d+\.\d+/);
    }
  });

  test('a trial begins with a count on the disk, and has its starts', async context => {
    const directory = firmwareDirectory(
      context,
      `${say} console.log(require('fs').readFileSync(process.env.FARE_VALIDATOR_FIRMWARE + '/boot.json', 'utf8')); process.exit(70);`,
    );
    for (const starts of [1, 2, 3]) {
      const { code, output } = await launch(directory, 'run', '--config', 'x');
      assert.is(code, 75);
      assert.match(output, /^slot b run --config x/);
      assert.match(output, `"starts":${starts}`);
      assert.is(readBoot(directory).trial?.starts, starts);
    }
    // The package's own is started, and says that there are no such settings.
    const { code, errors } = await launch(directory, 'run', '--config', join(directory, 'none.yaml'));
    assert.is(code, 2);
    assert.match(errors, /firmware 2\.0\.0 in slot b is given up: 3 starts, and no confirmation/);
    const { use, trial: now, failed } = readBoot(directory);
    assert.equal([use, now, failed[0]?.why], ['factory', undefined, '3 starts, and no confirmation']);
  });

  test('one that hangs is ended and given up, though nothing else ends it', async context => {
    const directory = firmwareDirectory(context, `${say} for (;;);`, {
      trial: { ...trial, confirmWithinMs: 1 },
    });
    const { signal, output } = await launch(directory, 'run');
    assert.equal([signal, output], ['SIGKILL', 'slot b run\n']);
    assert.match(readBoot(directory).failed[0]?.why ?? '', /no confirmation within 0\.001 s, and no end/);
  });

  test('one that cannot use the settings is given up at once, and the supervisor starts the next', async context => {
    const directory = firmwareDirectory(context, 'process.exit(2)');
    assert.is((await launch(directory, 'run')).code, 75);
    assert.is(readBoot(directory).failed[0]?.why, 'it ended with exit code 2');
  });

  test('one that ends without a word is started again', async context => {
    const directory = firmwareDirectory(context, say);
    assert.is((await launch(directory, 'run')).code, 75);
    assert.is(readBoot(directory).trial?.starts, 1);
  });

  test('one that cannot be loaded is given up', async context => {
    for (const program of ["require('./nothing.js')", 'this is no program']) {
      const directory = firmwareDirectory(context, program);
      assert.is((await launch(directory, 'run')).code, 75);
      assert.match(readBoot(directory).failed[0]?.why ?? '', /^it cannot be loaded: /);
    }
  });

  test('one that confirms itself ends as it likes, and is in use', async context => {
    const confirming = `
      const fs = require('fs');
      const file = process.env.FARE_VALIDATOR_FIRMWARE + '/boot.json';
      const { trial, ...now } = JSON.parse(fs.readFileSync(file, 'utf8'));
      if (trial) fs.writeFileSync(file, JSON.stringify({ ...now, use: trial.slot }));
      ${say} process.exit(3);`;
    const directory = firmwareDirectory(context, confirming);
    assert.is((await launch(directory, 'run')).code, 3);
    const again = await launch(directory, 'run');
    assert.equal([again.code, again.output], [3, 'slot b run\n']);
  });

  test('another command is no trial: it is done by what is in use', async context => {
    const directory = firmwareDirectory(context, say);
    const { code, output } = await launch(directory, '--version');
    assert.is(code, 0);
    assert.match(output, /^\d+\.\d+\.\d+/);
    assert.is(readBoot(directory).trial?.starts, 0);
  });

  test('a slot that is not whole is not started: a trial is called off, what is in use gives way to the package’s', async context => {
    const none = ['run', '--config', 'none.yaml'];
    const onTrial = firmwareDirectory(context, say);
    rmSync(join(onTrial, 'b', 'slot.json'));
    assert.match((await launch(onTrial, ...none)).errors, /its trial is called off/);
    assert.equal([readBoot(onTrial).trial, readBoot(onTrial).failed], [undefined, []]);
    const other = firmwareDirectory(context, say);
    makeSlot(join(other, 'b'), { version: '2.0.1', sha256: digest('c') }, say);
    assert.match((await launch(other, ...none)).errors, /its trial is called off/);
    const inUse = firmwareDirectory(context, say, { use: 'b' });
    assert.is((await launch(inUse, 'run')).output, 'slot b run\n');
    writeFileSync(join(inUse, 'b', 'slot.json'), '{');
    assert.match((await launch(inUse, ...none)).errors, /the factory's is started/);
    assert.is(readBoot(inUse).use, 'factory');
  });

  test('where a start cannot be counted there is no trial', async context => {
    const directory = firmwareDirectory(context, say);
    const before = readFileSync(bootFile(directory), 'utf8');
    // Nothing can be written under this name: root may write everywhere else.
    mkdirSync(join(directory, '.boot.json.new', 'x'), { recursive: true });
    const { errors } = await launch(directory, 'run', '--config', 'none.yaml');
    assert.match(errors, /the boot record cannot be written/);
    assert.match(errors, /none\.yaml/);
    assert.is(readFileSync(bootFile(directory), 'utf8'), before);
  });
});
