/** Brokers that answer with too little or too much: they are left. */
import { createServer, type Socket } from 'node:net';
import * as assert from 'uvu/assert';
import { DeviceError } from '../../../device/kit/errors.ts';
import { connectBroker } from '../../../sync/uplink/connection.ts';
import { suite, type TestContext } from '../../harness.ts';

const accepted = Buffer.from('20020000', 'hex');
const speaking = { clientId: 'a', topics: ['fv1/all/feed'], hear: () => undefined };

/** Answers the first packet with these bytes, and then does this. */
async function startServer(context: TestContext, first: Buffer, then: (socket: Socket) => void = () => {}) {
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(first);
      then(socket);
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
    assert.match(gone.reason.message, /sends a message that is too long/);
    assert.ok(sent < 16 << 20, `${sent}`);
  });

  test('one that refuses us says why', async context => {
    const address = await startServer(context, Buffer.from('20020005', 'hex'));
    const [kind, message] = await problemOf(connectBroker(address, speaking));
    assert.is(kind, 'protocol');
    assert.match(message ?? '', /the broker refuses us: .*[Nn]ot authorized/);
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
