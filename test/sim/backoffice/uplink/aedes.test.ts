/** The broker inside the back office. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import mqtt from 'mqtt';
import * as assert from 'uvu/assert';
import { startBroker } from '../../../../sim/backoffice/uplink/broker.ts';
import { maxMessageBytes } from '../../../../sync/uplink/signed-message.ts';
import { downTopic, levelOf, upTopic } from '../../../../sync/uplink/topics.ts';
import { brokerContract } from '../../../contract/broker.ts';
import { suite, type TestContext, until } from '../../../harness.ts';

brokerContract('the broker inside', async context => {
  let broker = await startBroker(0);
  const { port } = broker;
  context.after(() => broker.close());
  const office = { ...broker.address };
  return {
    office,
    version: 4,
    validator: () => ({ url: office.url }),
    async restart() {
      await broker.close();
      broker = await startBroker(port, office.password);
    },
  };
});

/** A client as anybody may write one. */
async function connected(context: TestContext, url: string, device: string, more: object = {}) {
  const client = await mqtt.connectAsync(url, { clientId: levelOf(device), reconnectPeriod: 0, ...more });
  client.on('error', () => {});
  context.after(() => void client.end(true));
  return client;
}

/** One that has asked for a topic by MQTT 3.1.1, and then takes nothing any more. */
async function hearing(context: TestContext, port: number, device: string, topic: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  context.after(() => socket.destroy());
  const packet = (type: number, ...parts: readonly Uint8Array[]) => {
    const body = Buffer.concat(parts);
    return Buffer.concat([Buffer.from([type, body.length]), body]);
  };
  const text = (value: string) => Buffer.from(`\0${String.fromCharCode(value.length)}${value}`, 'latin1');
  socket.write(packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 0]), text(levelOf(device))));
  await once(socket, 'data');
  socket.write(packet(0x82, Buffer.from([0, 1]), text(topic), Buffer.from([1])));
  await once(socket, 'data');
  return socket.pause();
}

suite('the broker inside: floods', test => {
  test('a client that takes nothing of what it has asked for holds nobody up, and ends nothing', async context => {
    const broker = await startBroker(0);
    context.after(broker.close);
    const { url, username, password } = broker.address;
    const office = await connected(context, url, 'office', { username, password });
    const [mine, other] = [downTopic('a', 'ack'), downTopic('b', 'ack')];
    const frozen = await hearing(context, broker.port, 'a', mine);
    const b = await connected(context, url, 'b');
    await b.subscribeAsync(other, { qos: 1 });
    const heard: string[] = [];
    b.on('message', (_, payload) => void heard.push(payload.toString()));
    for (let i = 0; i < 300; i++) office.publish(mine, Buffer.alloc(maxMessageBytes));
    office.publish(other, 'for b', { qos: 1 });
    await until('what is for b', () => heard.includes('for b'));

    // Nobody hears these. Where they queue up behind the frozen one, they are worked off when it goes.
    for (let i = 0; i < 20_000; i++) b.publish(upTopic('b', 'status'), 'x');
    await b.publishAsync(upTopic('b', 'status'), 'last', { qos: 1 });
    frozen.destroy();
    office.publish(other, 'again', { qos: 1 });
    await until('what is for b, again', () => heard.includes('again'));
    assert.equal(heard, ['for b', 'again']);
  });
});
