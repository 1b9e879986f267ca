import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { DoorState } from '../../../device/ports.ts';
import { createSerialContact } from '../../../drivers/door-contact/serial-contact.ts';
import { testDoorContact } from '../../contract/door-contact.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { createPtyDevice, createTcpDevice } from '../far-end.ts';

const settings = { name: 'door', baudRate: 9600, opens: '31', closes: '30' };
const bytes = { open: '1', closed: '0' } as const;
/** Among others a burst that ends with what a door sends. */
const noise = Buffer.from('7f00fe3132', 'hex');

testDoorContact('serial contact on tcp', async context => {
  const device = await createTcpDevice(context);
  const contact = createSerialContact({ ...settings, path: device.address });
  const { plug, unplug } = device;
  return { contact, plug, unplug, move: door => device.send(bytes[door]), noise: () => device.send(noise) };
});

testDoorContact(
  'serial contact on a tty',
  async context => {
    const device = createPtyDevice(context);
    const contact = createSerialContact({ ...settings, path: device.path });
    const { plug, unplug } = device;
    return { contact, plug, unplug, move: door => device.send(bytes[door]), noise: () => device.send(noise) };
  },
  'socat',
);

suite('serial contact', test => {
  async function opened(context: TestContext, messages: { opens: string; closes: string }) {
    const device = await createTcpDevice(context);
    await device.plug();
    const contact = createSerialContact({ ...settings, ...messages, path: device.address });
    const moves: DoorState[] = [];
    let isReady = false;
    contact.open({ ready: () => (isReady = true), fault: () => {}, moved: door => moves.push(door) });
    context.after(contact.close);
    await until('ready', () => isReady);
    return { send: device.send, moves };
  }

  test('a contact that bounces has come to what it sent last', async context => {
    const { send, moves } = await opened(context, settings);
    send('1010101');
    await until('the move', () => moves.length === 1);
    await sleep(300);
    send('00100');
    await until('the move', () => moves.length === 2);
    assert.equal(moves, ['open', 'closed']);
  });

  test('messages of several bytes, in pieces; half a message is none', async context => {
    const hex = (text: string) => Buffer.from(text).toString('hex');
    const { send, moves } = await opened(context, { opens: hex('D1O\r\n'), closes: hex('D1C\r\n') });
    send('D1');
    send('O\r\n');
    await until('the move', () => moves.length === 1);
    for (const half of ['D1C', 'D1O\r\nD1', 'C\r\n']) {
      send(half);
      await sleep(300);
    }
    assert.equal(moves, ['open']);
    send('D1C\r\n');
    await until('the move', () => moves.length === 2);
    assert.equal(moves, ['open', 'closed']);
  });
});
