import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { createSerialKey } from '../../../drivers/crew-key/serial-key.ts';
import { testCrewKey } from '../../contract/crew-key.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { createPtyDevice, createTcpDevice } from '../far-end.ts';

/** Digits and other keys of a keypad, and what another baud rate makes of them. */
const noise = Buffer.from('31320d7f00fe0d0d38', 'hex');

testCrewKey('serial key on tcp', async context => {
  const device = await createTcpDevice(context);
  const key = createSerialKey({ name: 'key', baudRate: 9600, path: device.address, sends: '0d' });
  const { plug, unplug } = device;
  return { key, plug, unplug, press: () => device.send('\r'), noise: () => device.send(noise) };
});

testCrewKey(
  'serial key on a tty',
  async context => {
    const device = createPtyDevice(context);
    const key = createSerialKey({ name: 'key', baudRate: 9600, path: device.path, sends: '0d' });
    const { plug, unplug } = device;
    return { key, plug, unplug, press: () => device.send('\r'), noise: () => device.send(noise) };
  },
  'socat',
);

suite('serial key', test => {
  async function opened(context: TestContext, sends: string) {
    const device = await createTcpDevice(context);
    await device.plug();
    const key = createSerialKey({ name: 'key', baudRate: 9600, path: device.address, sends });
    let presses = 0;
    let isReady = false;
    key.open({ ready: () => (isReady = true), fault: () => {}, pressed: () => presses++ });
    context.after(key.close);
    await until('ready', () => isReady);
    return { send: device.send, presses: () => presses };
  }

  test('a line of text, in pieces', async context => {
    const { send, presses } = await opened(context, Buffer.from('confirm\r\n').toString('hex'));
    send('conf');
    send('irm\r\n');
    await until('the press', () => presses() === 1);
    for (const other of ['confirm', 'firm\r\n', 'confirm\r\nx', 'xconfirm\r\n']) {
      send(other);
      await sleep(300);
    }
    assert.is(presses(), 1);
  });

  test('a key that repeats or bounces is one press, and a line without silence none before it ends', async context => {
    const { send, presses } = await opened(context, '0d');
    send('\r\r\r');
    await until('the press', () => presses() === 1);
    await sleep(300);
    assert.is(presses(), 1);
    const flood = Buffer.alloc(64 * 1024, 0x0d);
    for (let i = 0; i < 16; i++) send(flood);
    await until('the press', () => presses() > 1);
    send('1');
    await sleep(300);
    const before = presses();
    send('\r');
    await until('the next one', () => presses() === before + 1);
  });
});
