/** Serial lines over real PTYs: pulled, put back, replaced, noisy, stuck, and locked. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { createScanner } from '../../../drivers/code-reader/scanner.ts';
import { createTerminalDisplay } from '../../../drivers/display/terminal.ts';
import { openTty } from '../../../drivers/wire/tty.ts';
import { bytesRead, recordEvents, sampleCodes } from '../../contract/code-reader.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { createPtyDevice } from '../far-end.ts';

const [code = new Uint8Array()] = sampleCodes;
const hex = Buffer.from(code).toString('hex');
const line = `${hex}\r\n`;

async function scanning(context: TestContext) {
  const device = createPtyDevice(context);
  await device.plug();
  const scanner = createScanner({
    name: 'reader',
    path: device.path,
    baudRate: 115_200,
    frame: '8E1',
    flowControl: 'rtscts',
    encoding: 'auto',
  });
  const heard = recordEvents();
  context.after(scanner.close);
  scanner.open(heard.events);
  await until('ready', () => heard.readies() === 1);
  async function reads(): Promise<void> {
    const before = heard.codes.length;
    device.send(line);
    await until('the code', () => bytesRead(heard.codes.slice(before)).includes(hex));
  }
  return { ...heard, device, scanner, reads };
}

suite('tty', test => {
  const hardware = process.env.TEST_SERIAL_PORT;
  if (hardware !== undefined) {
    test('TEST_SERIAL_PORT, its output wired to its input: every byte comes back', async ({ after }) => {
      const tty = await openTty(hardware, { baudRate: 115_200 });
      after(tty.close);
      const received: Buffer[] = [];
      tty.stream.on('data', (chunk: Buffer) => received.push(chunk));
      const bytes = Buffer.from(Array.from({ length: 1024 }, (_, i) => i % 256));
      tty.stream.write(bytes);
      await until('the bytes', () => Buffer.concat(received).length >= bytes.length);
      assert.equal(Buffer.concat(received), bytes);
    });
  }

  test.needing(
    'socat',
    'the node goes while the line stays silent: a fault, and back with the node',
    async context => {
      const { device, faults, readies, reads } = await scanning(context);
      device.removeNode();
      await until('the fault', () => faults.length === 1);
      assert.match(String(faults[0]?.message), /tty is gone/);
      await device.replug();
      await until('ready', () => readies() === 2);
      await reads();
    },
  );

  test.needing('socat', 'the name leads to another device: that one is opened', async context => {
    const { device, faults, readies, reads } = await scanning(context);
    await device.replug();
    await until('ready again', () => readies() === 2);
    assert.match(String(faults[0]?.message), /is another device now/);
    await reads();
  });

  test.needing('socat', 'pulled and put back within 100 ms, three times', async context => {
    const { device, faults, readies, reads } = await scanning(context);
    for (let times = 1; times <= 3; times++) {
      await device.unplug();
      await sleep(times * 30);
      await device.plug();
      await until('ready again', () => readies() === times + 1);
      assert.is(faults.length, times);
      await reads();
    }
  });

  test.needing('socat', 'pulled in the middle of a flood of codes', async context => {
    const { device, codes, faults, readies, reads } = await scanning(context);
    const flood = setInterval(() => device.send(line.repeat(20)), 1);
    context.after(() => clearInterval(flood));
    await until('codes', () => codes.length > 100);
    await device.unplug();
    clearInterval(flood);
    await until('the fault', () => faults.length === 1);
    await device.plug();
    await until('ready again', () => readies() === 2);
    await reads();
  });

  test.needing(
    'socat',
    'noise of a wrong baud rate: refused, no fault, and the next code is read',
    async context => {
      const { device, codes, faults, reads } = await scanning(context);
      device.send(Buffer.alloc(5000));
      for (let i = 0; i < 20; i++) device.send(randomBytes(3000));
      device.send(Buffer.alloc(2 << 20, 0x78));
      await until('a refusal', () => codes.length > 0);
      await device.taken();
      // What is in the pipes is still to be read, and then 200 ms of silence.
      await sleep(3000);
      await reads();
      assert.ok(codes.length < 20, `${codes.length} presentations`);
      assert.is(faults.length, 0);
    },
  );

  test.needing('socat', 'pulled while it is written to', async context => {
    const device = createPtyDevice(context);
    await device.plug();
    const tty = await openTty(device.path, { baudRate: 9600 });
    context.after(tty.close);
    device.takeNothing();
    for (let i = 0; i < 100; i++) tty.stream.write(Buffer.alloc(10_000, 'x'));
    await sleep(50);
    await device.unplug();
    assert.match(await tty.ended, /.+/);
    await tty.drained();
    await tty.close();
  });

  test.needing('socat', 'closes soon though nothing is taken', async context => {
    const device = createPtyDevice(context);
    await device.plug();
    const tty = await openTty(device.path, { baudRate: 9600 });
    device.takeNothing();
    for (let i = 0; i < 100; i++) tty.stream.write(Buffer.alloc(10_000, 'x'));
    await sleep(50);
    let closed = false;
    void tty.close().then(() => {
      closed = true;
    });
    await until('the close', () => closed);
    assert.not.ok(device.attached());
  });

  test.needing('socat', 'is for one program at a time, and told so', async context => {
    const { device, scanner, reads } = await scanning(context);
    const second = createScanner({ name: 'second', path: device.path, baudRate: 9600, encoding: 'auto' });
    context.after(second.close);
    const heard = recordEvents();
    second.open(heard.events);
    await until('the fault', () => heard.faults.length > 0);
    assert.match(String(heard.faults[0]?.message), /cannot open .*lock/i);
    await reads();
    await scanner.close();
  });

  test.needing(
    'socat',
    'a display on a slow line shows the newest frame once it has taken the last',
    async context => {
      const device = createPtyDevice(context);
      await device.plug();
      const display = createTerminalDisplay({
        name: 'd',
        audience: 'crew',
        path: device.path,
        baudRate: 115_200,
      });
      context.after(() => display.close());
      const heard = recordEvents();
      const screen = (zh: string) =>
        ({ light: 'off', tone: 'none', headline: { zh, en: 'x' }, details: [] }) as const;
      display.open(heard.events);
      await until('ready', () => heard.readies() === 1);
      for (let i = 0; i < 2000; i++) display.show(screen(`${i}`));
      display.show(screen('last'));
      await until('the newest frame', () => device.received().includes('last'));
      assert.ok(device.received().length < 200_000, `${device.received().length} bytes were queued`);
    },
  );
});
