/** A validator that is fed takes over new firmware by itself, and leaves a bad one. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { beijingMinute } from '../../../device/core/beijing-time.ts';
import { bundleFirmware } from '../../../device/install/bundle.ts';
import { readBoot } from '../../../device/update/boot-file.ts';
import { runPack, runPublishFirmware } from '../../../sync/commands/firmware.ts';
import { runRotate } from '../../../sync/commands/publish.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { writeTree } from '../../sync/firmware/archives.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { type FedStand, startFedStand } from '../firmware/fed-stand.ts';
import { changeSettings } from '../firmware/stand.ts';

const checkout = fileURLToPath(new URL('../../../../', import.meta.url));
const launcher = fileURLToPath(new URL('../../../device/launcher.js', import.meta.url));
const hourMs = 3_600_000;

/** Under a supervisor that starts it again whatever its exit code is. */
function supervise(context: TestContext, config: string, directory: string) {
  const events: string[] = [];
  const codes: unknown[] = [];
  let isOver = false;
  let child = start();

  function start() {
    const started = spawn(process.execPath, [launcher, 'run', '--config', config], {
      env: { ...process.env, FARE_VALIDATOR_FIRMWARE: directory },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    createInterface({ input: started.stderr }).on('line', line => {
      try {
        const { event, version } = JSON.parse(line);
        events.push([event, version].filter(Boolean).join(' '));
      } catch {
        events.push(line);
      }
    });
    started.on('exit', code => {
      codes.push(code);
      if (!isOver) child = start();
    });
    return started;
  }
  context.after(() => {
    isOver = true;
    child.kill('SIGKILL');
  });
  return { events, codes };
}

async function publish({ dir, publish }: FedStand, folder: string, version: string) {
  const archive = `${folder}-${version}.tar.gz`;
  await runPack(folder, archive, { version, entry: 'build/device/main.js' });
  const outcome = await runPublishFirmware(dir, { ring: 'all', archive });
  if ('error' in outcome) publish('snapshot');
}

suite('new firmware', test => {
  test('takes over at night; a bad one gives way to the one before', async context => {
    const fed = await startFedStand(context);
    await fed.stand.stop();
    const config = join(fed.stand.directory, 'config.yaml');
    const [nightFrom, nightTo] = [-2, 2].map(hours => beijingMinute(Date.now() + hours * hourMs));
    changeSettings(config, { updates: { nightFrom, nightTo, idleMin: 0, confirmWithinS: 600 } });
    assert.is((await runRotate(fed.dir, 'firmware')).error, undefined);
    const folder = join(temporaryDirectory(context), 'firmware');
    await bundleFirmware(checkout, folder);
    const manifest = join(folder, 'package.json');
    writeFileSync(
      manifest,
      readFileSync(manifest, 'utf8').replace(/"version":"[^"]+"/, '"version":"99.0.0"'),
    );
    const directory = temporaryDirectory(context);
    const { events, codes } = supervise(context, config, directory);

    await until('a start', () => events.includes('ready'));
    await publish(fed, folder, '99.0.0');
    await until('it is confirmed', () => events.includes('firmware-confirmed 99.0.0'));
    const its = (event: string) => events.indexOf(event);
    assert.ok(its('firmware-staged 99.0.0') < its('firmware-switch 99.0.0'));
    assert.ok(its('start 99.0.0') < its('firmware-confirmed 99.0.0'));
    assert.equal([readBoot(directory).use, codes], ['a', [75]]);

    const bad = writeTree(temporaryDirectory(context), { 'build/device/main.js': 'process.exit(70)' });
    await publish(fed, bad, '99.1.0');
    await until('it is told of', () => events.includes('firmware-given-up 99.1.0'));
    const { use, failed } = readBoot(directory);
    assert.equal(
      [use, failed.map(({ version, why }) => `${version}: ${why}`)],
      ['a', ['99.1.0: 3 starts, and no confirmation']],
    );
    assert.equal(codes, [75, 75, 75, 75, 75]);
    assert.is(events.filter(event => event === 'start 99.0.0').length, 2);
  });
});
