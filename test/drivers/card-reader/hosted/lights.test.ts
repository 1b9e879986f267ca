/** However the firmware ends, the light of a reader in a process of its own goes out before that process ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createHostedReader } from '../../../../drivers/card-reader/hosted/hosted.ts';
import { suite, type TestContext, until } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { childrenOf, isAlive } from '../children.ts';
import { openAndSee } from '../seen-events.ts';

const litProgram = new URL('./lit-program.js', import.meta.url);
/** As long as a card may keep the reader busy. */
const takesMs = 500;

function shown(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}

async function startFirmware(context: TestContext) {
  const file = join(temporaryDirectory(context), 'shown');
  const program = new URL('./firmware-program.js', import.meta.url).pathname;
  const settings = JSON.stringify({ file, takesMs });
  const firmware = spawn(process.execPath, [program, litProgram.href, settings], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  context.after(() => firmware.kill('SIGKILL'));
  await once(firmware.stdout, 'data');
  const [reader = 0] = childrenOf(firmware.pid ?? 0);
  context.after(() => isAlive(reader) && process.kill(reader, 'SIGKILL'));
  return { firmware, reader, file };
}

suite('the light of a hosted reader', test => {
  test('goes out when the firmware is killed, and the process ends then', async context => {
    const { firmware, reader, file } = await startFirmware(context);
    firmware.kill('SIGKILL');
    await until('its end', () => !isAlive(reader));
    assert.equal(shown(file), ['off']);
  });

  test('goes out when the firmware is stopped, and the process goes on', async context => {
    const { firmware, reader, file } = await startFirmware(context);
    firmware.kill('SIGSTOP');
    await until('dark', () => shown(file).includes('off'));
    assert.ok(isAlive(reader));
  });

  test('goes out when the firmware ends in order in the middle of a notice', async context => {
    const file = join(temporaryDirectory(context), 'shown');
    const reader = createHostedReader({
      name: 'card',
      apduTimeoutMs: 600_000,
      heartbeatTimeoutMs: 600_000,
      program: litProgram,
      settings: { file, takesMs },
    });
    context.after(() => reader.close());
    const seen = openAndSee(reader);
    await seen.nth('ready', 1);
    void reader.indicate?.('green', 'one');
    await until('green', () => shown(file).includes('green'));
    await reader.close();
    assert.equal(shown(file), ['green', 'off']);
  });
});
