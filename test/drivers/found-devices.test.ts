/** What a machine has: by names under /dev and /sys, here made up; card readers by a real pcscd. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { listCardReaders } from '../../drivers/card-reader/pcsc/list-readers.ts';
import { findDevices } from '../../drivers/found-devices.ts';
import { startPcscd } from '../../sim/wires/pcscd.ts';
import { suite } from '../harness.ts';
import { temporaryDirectory } from '../temporary.ts';
import { pcscdNeeded } from './card-reader/pcsc/pcscd-needed.ts';

suite('found devices', test => {
  test('serial ports by names that last, real 8250 ports, cameras without their second nodes', async context => {
    const root = temporaryDirectory(context);
    const write = (path: string, text = '') => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    for (const name of [
      'ttyS0',
      'ttyS1',
      'ttyUSB0',
      'ttyACM0',
      'ttyACM10',
      'tty1',
      'video0',
      'video1',
      'video10',
      'fb0',
      'null',
    ])
      write(`dev/${name}`);
    write('sys/class/tty/ttyS0/type', '4\n');
    write('sys/class/tty/ttyS1/type', '0\n');
    write('sys/class/video4linux/video0/index', '0\n');
    write('sys/class/video4linux/video1/index', '1\n');
    mkdirSync(join(root, 'dev/serial/by-id'), { recursive: true });
    symlinkSync('../../ttyUSB0', join(root, 'dev/serial/by-id/usb-1a86_USB_Serial-if00-port0'));
    symlinkSync('../../gone', join(root, 'dev/serial/by-id/usb-gone'));
    const dev = join(root, 'dev');
    const found = await findDevices(dev, join(root, 'sys'));
    assert.equal(
      found.serialPorts.map(path => path.slice(dev.length + 1)),
      ['serial/by-id/usb-1a86_USB_Serial-if00-port0', 'ttyACM0', 'ttyACM10', 'ttyS0'],
    );
    assert.equal(found.cameras, [join(dev, 'video0'), join(dev, 'video10')]);
    assert.equal(found.framebuffers, [join(dev, 'fb0')]);
    const none = await findDevices(join(root, 'none'), join(root, 'none'));
    assert.equal([none.serialPorts, none.cameras, none.framebuffers], [[], [], []]);
  });

  test.needing(pcscdNeeded, 'card readers as pcscd names them; null without it', async context => {
    const pcscd = await startPcscd(['ACS ACR122U PICC Interface', 'Virtual SAM']);
    context.after(() => pcscd.close());
    const names = (await listCardReaders(pcscd.socket)) ?? [];
    assert.equal([...new Set(names.map(name => name.replace(/( [0-9A-F]{2}){2}$/, '')))].sort(), [
      'ACS ACR122U PICC Interface',
      'Virtual SAM',
    ]);
    assert.is(await listCardReaders(join(temporaryDirectory(context), 'none')), null);
  });
});
