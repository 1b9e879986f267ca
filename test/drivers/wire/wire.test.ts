import { spawn } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { DeviceError } from '../../../device/kit/errors.ts';
import { openWire, type WireSource } from '../../../drivers/wire/wire.ts';
import { freePort } from '../../../sim/wires/free-port.ts';
import { suite, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

suite('wire', test => {
  test('attempts that fail leave nothing behind', async () => {
    const { signal } = new AbortController();
    const sources: WireSource[] = [
      { kind: 'tcp', host: '127.0.0.1', port: await freePort() },
      { kind: 'tty', path: '/dev/no-such-tty' },
      { kind: 'command', command: ['/no/such/program'] },
    ];
    for (const source of sources) {
      const failure: unknown = await openWire('device', source, { baudRate: 9600 }, signal).then(
        () => 'opened',
        error => error,
      );
      assert.instance(failure, DeviceError);
    }
    assert.is(getEventListeners(signal, 'abort').length, 0);
  });

  test('a command is not started without setpriv, whose package is named', async context => {
    const path = process.env.PATH;
    context.after(() => {
      process.env.PATH = path;
    });
    process.env.PATH = temporaryDirectory(context);
    const source = { kind: 'command', command: ['/bin/cat'] } as const;
    const opened = openWire('device', source, { baudRate: 9600 }, new AbortController().signal);
    const failure: unknown = await opened.catch(error => error);
    assert.match(
      String(failure),
      /cannot open \/bin\/cat: setpriv is missing: install the package util-linux/,
    );
  });

  test('a command that is silent ends with its firmware, killed outright', async context => {
    const wireFile = fileURLToPath(new URL('../../../drivers/wire/wire.js', import.meta.url));
    const script = `import { openWire } from ${JSON.stringify(wireFile)};
      const source = { kind: 'command', command: ['sh', '-c', 'echo $$; exec sleep 600'] };
      const { stream } = await openWire('device', source, { baudRate: 9600 }, new AbortController().signal);
      stream.pipe(process.stdout);`;
    const firmware = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    context.after(() => firmware.kill('SIGKILL'));
    let said = '';
    firmware.stdout.setEncoding('utf8').on('data', text => {
      said += text;
    });
    const pid = Number(await until('its process id', () => /^(\d+)\n/.exec(said)?.[1]));
    context.after(() => existsSync(`/proc/${pid}`) && process.kill(pid, 'SIGKILL'));
    firmware.kill('SIGKILL');
    await until('the end of the command', () => !existsSync(`/proc/${pid}`));
  });
});
