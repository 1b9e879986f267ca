/** The network between the doors, on real sockets: what is told arrives, nobody without the key says or hears anything, all outages end. */
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import * as assert from 'uvu/assert';
import type { BusLink } from '../../../device/ports.ts';
import { createBusLink } from '../../../drivers/bus-link/bus-link.ts';
import { pskOptions } from '../../../drivers/bus-link/psk.ts';
import { freePort } from '../../../sim/wires/free-port.ts';
import { recordDevice } from '../../contract/device-events.ts';
import { suite, type TestContext, until } from '../../harness.ts';

const key = new Uint8Array(32).fill(7);
const address = (port: number) => `tcp://127.0.0.1:${port}`;

function openDoor(
  context: TestContext,
  device: string,
  ports: { readonly listen: number; readonly reach: number },
  first: readonly string[] = [],
  ownKey: Uint8Array = key,
) {
  const listening = recordDevice();
  const way = recordDevice();
  const heard: string[] = [];
  const link: BusLink = createBusLink(
    { name: 'bus-link', listen: address(ports.listen), reach: [address(ports.reach)] },
    { device, key: ownKey },
  );
  context.after(link.close);
  link.open({
    part: name => (name === 'bus-link' ? listening : way).events,
    heard: (from, message) => heard.push(`${from}: ${message}`),
    opened: () => first,
  });
  return { link, listening, way, heard };
}

async function twoPorts() {
  const [a, b] = [await freePort(), await freePort()];
  return { front: { listen: a, reach: b }, rear: { listen: b, reach: a } };
}

suite('bus link', test => {
  test('each hears the other: first what it must know, then what happens; after an outage again', async context => {
    const { front, rear } = await twoPorts();
    const a = openDoor(context, 'front', front, ['one', 'two']);
    await until('that nobody is there', () => a.way.faults.length > 0);
    a.link.tell('lost');
    const b = openDoor(context, 'rear', rear, ['three']);
    await until('both ways', () => a.way.readies() === 1 && b.way.readies() === 1);
    a.link.tell('four');
    await until('the news', () => b.heard.includes('front: four') && a.heard.includes('rear: three'));
    assert.equal(b.heard, ['front: one', 'front: two', 'front: four']);

    await b.link.close();
    await until('the fault', () => a.way.faults.length === 2);
    const again = openDoor(context, 'rear', rear);
    await until('the news again', () => again.heard.includes('front: two'));
  });

  test('another key, or the same name: a fault that says so, and nothing is heard', async context => {
    for (const [device, otherKey] of [
      ['rear', new Uint8Array(32).fill(8)],
      ['front', key],
    ] as const) {
      const { front, rear } = await twoPorts();
      const a = openDoor(context, 'front', front, ['secret']);
      const b = openDoor(context, device, rear, ['secret'], otherKey);
      await until('the fault', () => a.way.faults.some(({ kind }) => kind === 'protocol'));
      assert.match(a.way.words.find(words => words.includes('agreement')) ?? '', /no agreement with tcp:/);
      assert.equal([...a.heard, ...b.heard], []);
    }
  });

  test('strangers who connect, say junk, nothing or too much hinder nobody', async context => {
    const { front, rear } = await twoPorts();
    const a = openDoor(context, 'front', front);
    await until('it listens', () => a.listening.readies() > 0);
    const strangers: Socket[] = [];
    for (let i = 0; i < 12; i++) {
      const socket = connectTcp(front.listen, '127.0.0.1').on('error', () => {});
      strangers.push(socket);
      if (i % 2 === 0) socket.write(Buffer.alloc(100_000, i));
    }
    context.after(() => {
      for (const socket of strangers) socket.destroy();
    });
    await until('that the surplus is closed', () => strangers.filter(({ closed }) => closed).length >= 4);
    for (const socket of strangers) socket.destroy();

    const talker = connectTls({
      ...pskOptions,
      ...{ host: '127.0.0.1', port: front.listen },
      pskCallback: () => ({ psk: key, identity: 'talker' }),
      checkServerIdentity: () => undefined,
    }).on('error', () => {});
    context.after(() => talker.destroy());
    await once(talker, 'secureConnect');
    talker.write(`${'x'.repeat(100_000)}\nshort\n`);
    await until('what is short', () => a.heard.length > 0);
    assert.equal(a.heard, ['talker: short']);

    const b = openDoor(context, 'rear', rear, ['hello']);
    await until('the other door', () => a.heard.includes('rear: hello'));
    assert.is(b.listening.faults.length, 0);
  });
});
