/** Brokers that answer with too little or too much: they are left. */
import { createServer, type Socket } from 'node:net';
import * as assert from 'uvu/assert';
import { DeviceError } from '../../../device/kit/errors.ts';
import { unlessAborted } from '../../../device/kit/time.ts';
import { createBrokers } from '../../../sync/uplink/brokers.ts';
import { connectBroker } from '../../../sync/uplink/connection.ts';
import { suite, type TestContext } from '../../harness.ts';

/** By MQTT 5. */
const accepted = Buffer.from('2003000000', 'hex');
const speaking = { clientId: 'a', topics: ['fv1/all/feed'], hear: () => undefined };

type Answer = (socket: Socket, packets: readonly Buffer[]) => void;

/** Answers the first packet with these bytes, and then does this; or does this with each packet. */
async function startServer(
  context: TestContext,
  first: Buffer | Answer,
  then: (socket: Socket) => void = () => {},
) {
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const packets: Buffer[] = [];
    socket.on('data', packet => {
      packets.push(packet);
      if (typeof first === 'function') first(socket, packets);
      else if (packets.length === 1) {
        socket.write(first);
        then(socket);
      }
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return { url: `mqtt://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` };
}

async function problemOf(work: Promise<unknown>): Promise<readonly string[]> {
  const error = await work.catch(thrown => thrown);
  return error instanceof DeviceError ? [error.kind, error.message] : [String(error)];
}

suite('uplink connection', test => {
  test('a broker that confirms no subscription is left', async context => {
    const address = await startServer(context, accepted);
    const connecting = connectBroker(address, { ...speaking, answerTimeoutMs: 50 });
    assert.equal(await problemOf(connecting), ['timeout', 'the broker does not confirm what we say']);
  });

  test('one that confirms no message is left', async context => {
    const address = await startServer(context, accepted);
    const { publish, gone } = await connectBroker(address, { ...speaking, topics: [], answerTimeoutMs: 50 });
    const said = await problemOf(publish('fv1/up/0/a/rows', Buffer.from('rows')));
    assert.equal(said, ['timeout', 'the broker does not confirm what we say']);
    assert.ok(gone.aborted);
    assert.is((await problemOf(publish('fv1/up/0/a/rows', Buffer.from('rows'))))[0], 'timeout');
  });

  test('one that begins a message of 200 MiB is left before it has sent a megabyte', async context => {
    let sent = 0;
    const address = await startServer(context, accepted, socket => {
      // A publication of so many bytes.
      socket.write(Buffer.from('30ffffff63', 'hex'));
      const more = () => {
        sent += 65_536;
        if (!socket.destroyed) socket.write(Buffer.alloc(65_536), () => setImmediate(more));
      };
      more();
    });
    const { gone } = await connectBroker(address, { ...speaking, topics: [] });
    await new Promise(resolve => (gone.aborted ? resolve(0) : gone.addEventListener('abort', resolve)));
    assert.match(gone.reason.message, /sends a message that is too long|exceeding packets size/);
    assert.ok(sent < 16 << 20, `${sent}`);
  });

  test('one that refuses us says why', async context => {
    const address = await startServer(context, Buffer.from('2003008700', 'hex'));
    const [kind, message] = await problemOf(connectBroker(address, speaking));
    assert.is(kind, 'protocol');
    assert.match(message ?? '', /the broker refuses us: .*[Nn]ot authorized/);
  });

  test('one that knows MQTT 3.1.1 alone is spoken to by that, whether it says so or only closes', async context => {
    for (const refusal of ['20020001', '2003008400', '']) {
      const address = await startServer(context, (socket, [first]) => {
        if (first?.[8] === 5) socket.end(Buffer.from(refusal, 'hex'));
        else socket.write(Buffer.from('20020000', 'hex'));
      });
      const { version, close } = await connectBroker(address, { ...speaking, topics: [] });
      assert.is(version, 4, refusal);
      await close();
    }
  });

  test('one that ends the connection says why: another has come under our name, or it goes', async context => {
    for (const [reason, kind, words] of [
      ['8e', 'protocol', 'another has connected under this name, and the broker has ended our connection'],
      ['8b', 'disconnected', 'the broker refuses us: Server shutting down'],
      ['87', 'protocol', 'the broker refuses us: Not authorized'],
      ['97', 'protocol', 'the broker refuses us: Quota exceeded'],
    ]) {
      const address = await startServer(context, socket => {
        socket.write(accepted);
        socket.end(Buffer.from(`e002${reason}00`, 'hex'));
      });
      const ended = async () => {
        const { gone } = await connectBroker(address, { ...speaking, topics: [] });
        await unlessAborted(new Promise(() => {}), gone);
      };
      assert.equal(await problemOf(ended()), [kind, words]);
    }
  });

  test('one that does not take what we say, or lets us hear nothing, says why', async context => {
    let properties = '';
    const address = await startServer(context, (socket, packets) => {
      const last = packets.at(-1) ?? Buffer.alloc(0);
      if (packets.length === 1) socket.write(accepted);
      // PUBACK with the message's identifier, behind the topic; SUBACK with that of the subscription.
      else if (last[0] === 0x32) {
        const at = 4 + last.readUInt16BE(2);
        const id = last.subarray(at, at + 2);
        properties = last.subarray(at + 2, -1).toString('hex');
        socket.write(Buffer.concat([Buffer.from('4004', 'hex'), id, Buffer.from('8700', 'hex')]));
      } else if (last[0] === 0x82) {
        const id = last.subarray(2, 4);
        socket.write(Buffer.concat([Buffer.from('9004', 'hex'), id, Buffer.from('0087', 'hex')]));
      }
    });
    const { publish } = await connectBroker(address, { ...speaking, topics: [] });
    assert.equal(await problemOf(publish('a', Buffer.from('b'), 60)), [
      'protocol',
      'the broker does not take what we say: Publish error: Not authorized',
    ]);
    // Five bytes: that the message is of no use after 60 s.
    assert.is(properties, '05020000003c');
    assert.equal(await problemOf(connectBroker(address, speaking)), [
      'protocol',
      'the broker does not let us hear fv1/all/feed',
    ]);
  });

  test('of several the next is tried; that one refuses us says more than that others are away', async context => {
    const address = await startServer(context, accepted);
    const away = 'mqtt://127.0.0.1:1';
    const { connect, count } = createBrokers({ url: [away, address.url, away] }, () => 0);
    assert.is(count, 3);
    for (let i = 0; i < 2; i++) await (await connect({ ...speaking, topics: [] })).close();
    const refusing = await startServer(context, Buffer.from('2003008700', 'hex'));
    const nobody = createBrokers({ url: [away, refusing.url] }, () => 0.6);
    const [kind, message] = await problemOf(nobody.connect(speaking));
    assert.is(kind, 'protocol');
    assert.match(message ?? '', /^127\.0\.0\.1:\d+: the broker refuses us/);
  });

  test('what is no broker, and where nobody listens', async context => {
    const address = await startServer(context, Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), socket =>
      socket.end(),
    );
    assert.is((await problemOf(connectBroker(address, speaking)))[0], 'disconnected');
    const nobody = await problemOf(connectBroker({ url: 'mqtt://127.0.0.1:1' }, speaking));
    assert.equal(nobody, ['disconnected', 'connect ECONNREFUSED 127.0.0.1:1']);
  });
});
