import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Screen } from '../../../device/core/screen.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import type { Display } from '../../../device/ports.ts';
import { createTerminalDisplay } from '../../../drivers/display/terminal.ts';
import { createDisplayScreen } from '../../../sim/wires/display-screen.ts';
import { freePort } from '../../../sim/wires/free-port.ts';
import { createScreenEmulator } from '../../../sim/wires/screen-emulator.ts';
import { listenOnWire } from '../../../sim/wires/wire-server.ts';
import { testDisplay } from '../../contract/display.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { createPtyDevice } from '../far-end.ts';

const identity = { name: 'front display', audience: 'passenger' } as const;

testDisplay('terminal over TCP', async context => {
  const screen = await createDisplayScreen({});
  context.after(() => screen.close());
  return {
    display: createTerminalDisplay({ ...identity, path: `tcp://127.0.0.1:${screen.port}` }),
    view: screen,
    interrupt: async () => screen.unplug(),
  };
});

testDisplay(
  'terminal on a pipe',
  async context => {
    const dir = await mkdtemp(join(tmpdir(), 'display-'));
    context.after(() => rm(dir, { recursive: true, force: true }));
    const path = join(dir, 'screen');
    const emulator = createScreenEmulator();
    execFileSync('mkfifo', [path]);
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    context.after(() => file.close());
    const timer = setInterval(async () => {
      const { bytesRead, buffer } = await file
        .read()
        .catch(() => ({ bytesRead: 0, buffer: Buffer.alloc(0) }));
      emulator.write(buffer.subarray(0, bytesRead));
    }, 2);
    context.after(() => clearInterval(timer));
    return { display: createTerminalDisplay({ ...identity, path }), view: emulator };
  },
  { cannotInterrupt: 'a pipe is not pulled out' },
);

testDisplay(
  'terminal on a serial line',
  async context => {
    const device = createPtyDevice(context);
    const emulator = createScreenEmulator();
    let shown = 0;
    const timer = setInterval(() => {
      emulator.write(Buffer.from(device.received().slice(shown), 'latin1'));
      shown = device.received().length;
    }, 2);
    context.after(() => clearInterval(timer));
    await device.plug();
    return {
      display: createTerminalDisplay({
        ...identity,
        path: device.path,
        baudRate: 115_200,
        drainLimitMs: 60_000,
      }),
      view: emulator,
      async interrupt() {
        await device.unplug();
        await device.plug();
      },
    };
  },
  { needs: 'socat' },
);

const screen = (zh: string): Screen => ({
  light: 'green',
  tone: 'none',
  headline: { zh, en: 'x' },
  details: [],
});

function openDisplay({ after }: TestContext, path: string): { display: Display; log: string[] } {
  const display = createTerminalDisplay({ ...identity, path });
  after(() => display.close());
  const log: string[] = [];
  display.open({ ready: () => log.push('ready'), fault: error => log.push(`fault ${error.kind}`) });
  return { display, log };
}

suite('terminal display', test => {
  test('faults once for an outage, and draws when the far end comes up', async context => {
    const port = await freePort();
    const { display, log } = openDisplay(context, `tcp://127.0.0.1:${port}`);
    display.show(screen('早的'));
    display.show(screen('新的'));
    await until('the fault', () => log.length > 0);
    await new Promise(resolve => setTimeout(resolve, 350));
    const far = await createDisplayScreen({ port });
    context.after(() => far.close());
    await until('the newest screen', () => far.lines().join().includes('新的'));
    assert.equal(log, ['fault disconnected', 'ready']);
  });

  test('drops frames for a far end that does not read, and draws the newest once it does', async context => {
    let far: Socket | undefined;
    const server = createServer(socket => {
      far = socket.pause();
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    context.after(() => server.close());
    context.after(() => far?.destroy());
    await until('listening', () => server.listening);
    const { display, log } = openDisplay(
      context,
      `tcp://127.0.0.1:${(server.address() as { port: number }).port}`,
    );
    await until('ready', () => log.includes('ready') && far !== undefined);
    const drawn = 40_000;
    for (let i = 0; i < drawn; i++) {
      display.show(screen(`第${i}屏`));
      if (i % 100 === 0) await new Promise(resolve => setImmediate(resolve));
    }
    let received = 0;
    let end = '';
    far?.on('data', chunk => {
      received += chunk.length;
      end = (end + chunk.toString('utf8')).slice(-2000);
    });
    far?.resume();
    await until('the newest frame', () => end.includes(`第${drawn - 1}屏`));
    assert.ok(received < drawn * 300, `${received} bytes: frames were queued, not dropped`);
  });

  test('closes promptly before a far end that does not read', async context => {
    const server = createServer(socket => socket.pause().on('error', () => {})).listen(0, '127.0.0.1');
    await until('listening', () => server.listening);
    context.after(() => server.close());
    const { port } = server.address() as { port: number };
    const { display, log } = openDisplay(context, `tcp://127.0.0.1:${port}`);
    await until('ready', () => log.includes('ready'));
    for (let i = 0; i < 20_000; i++) display.show(screen(`第${i}屏`));
    let closed = false;
    void display.close().then(() => {
      closed = true;
    });
    await until('the end', () => closed);
  });

  test('takes a pipe nobody reads for an outage, not a hang', async context => {
    const dir = await mkdtemp(join(tmpdir(), 'display-'));
    context.after(() => rm(dir, { recursive: true }));
    const path = join(dir, 'pipe');
    execFileSync('mkfifo', [path]);
    const { display, log } = openDisplay(context, path);
    display.show(screen('请上车'));
    await until('the fault', () => log.length > 0);
    const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    context.after(() => reader.close());
    await until('ready', () => log.length > 1);
    const text = await until('the screen', async () => {
      const { bytesRead, buffer } = await reader.read();
      return bytesRead > 0 && buffer.toString('utf8', 0, bytesRead);
    });
    assert.ok(text.includes('请上车'));
    assert.equal(log, ['fault disconnected', 'ready']);
  });

  test('tells a path that cannot be written', async context => {
    const { log } = openDisplay(context, '/nonexistent/tty');
    await until('the fault', () => log.length > 0);
    assert.equal(log, ['fault disconnected']);
  });

  test('refuses a TCP address without a port, or with an impossible one', () => {
    for (const path of ['tcp://127.0.0.1', 'tcp://127.0.0.1:99999', 'tcp://']) {
      assert.throws(
        () => createTerminalDisplay({ ...identity, path }),
        (error: unknown) => error instanceof DeviceError && error.kind === 'config',
      );
    }
  });

  test('draws on standard output, and leaves it open', () => {
    const driver = import.meta.resolve('../../../drivers/display/terminal.js');
    const program = `
      import { createTerminalDisplay } from '${driver}';
      const display = createTerminalDisplay({ name: 'd', audience: 'crew', path: 'stdout' });
      display.show(${JSON.stringify(screen('请上车'))});
      display.open({
        fault() {},
        async ready() {
          await display.close();
          process.stdout.write('still open');
        },
      });`;
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
    });
    assert.match(output, /请上车.*still open$/s);
  });

  test('goes out whole, to the last byte, when closed at once', async context => {
    let received = '';
    const server = await listenOnWire(0, socket => {
      socket.on('data', chunk => {
        received += chunk.toString('utf8');
      });
    });
    context.after(() => server.close());
    const { display, log } = openDisplay(context, `tcp://127.0.0.1:${server.port}`);
    await until('ready', () => log.includes('ready'));
    display.show(screen('停止服务'));
    await display.close();
    await until('the whole frame', () => received.includes('停止服务') && received.endsWith('\u001b[?2026l'));
  });
});
