/** A node of a cluster that keeps the connection, confirms what is said, and brings nothing, or one thing only: whoever is there goes elsewhere. */
import { createServer } from 'node:net';
import { Aedes, type Client } from 'aedes';
import * as assert from 'uvu/assert';
import { numbers, openOffice, openValidator, rowsOf } from '../../../contract/broker.ts';
import { suite, type TestContext, until } from '../../../harness.ts';

/** Two addresses of one broker. What `withheld` says is not brought to those who have come by the first that was used. */
async function openNodes(context: TestContext) {
  const nodes = { withheld: (_topic: string, _client: Client) => false, connections: [0, 0] };
  const via = new WeakMap<Client, number>();
  const broker = await Aedes.createBroker({
    authorizeForward: (client, packet) => (nodes.withheld(packet.topic, client) ? null : packet),
  });
  const listen = async (index: number) => {
    const server = createServer(socket => {
      nodes.connections[index] = (nodes.connections[index] ?? 0) + 1;
      via.set(broker.handle(socket), index);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    context.after(() => void server.close());
    return `mqtt://127.0.0.1:${Object(server.address()).port}`;
  };
  const url = [await listen(0), await listen(1)];
  context.after(() => new Promise<void>(resolve => broker.close(resolve)));
  return { nodes, url, nodeOf: (client: Client) => via.get(client) };
}

const isValidator = ({ id }: Client) => !id.startsWith('office');

suite('a deaf node', test => {
  for (const [what, isWithheld] of [
    ['nothing', () => true],
    ['no acknowledgement, but all else', (topic: string) => topic.endsWith('/ack')],
  ] as const)
    test(`it brings a validator ${what}: its rows arrive by another, long before the next hello is due`, async context => {
      const { nodes, url, nodeOf } = await openNodes(context);
      const office = openOffice(context, { url });
      office.start();
      const { mark } = openValidator(context, office, { url }, 'a', rowsOf(600));
      await until('the first rows', () => mark.acknowledged >= 100);
      let deaf: number | undefined;
      nodes.withheld = (topic, client) => {
        if (!isValidator(client)) return false;
        deaf ??= nodeOf(client);
        return nodeOf(client) === deaf && isWithheld(topic);
      };
      await until('all is acknowledged', () => mark.acknowledged === 600);
      assert.equal(office.stored('a'), numbers(600));
      assert.is(typeof deaf, 'number');
    });

  test('it brings the back office nothing: it notices by what it says itself, and listens elsewhere', async context => {
    const { nodes, url, nodeOf } = await openNodes(context);
    const office = openOffice(context, { url });
    office.start(undefined, 100);
    const { mark } = openValidator(context, office, { url }, 'a', rowsOf(600));
    await until('the first rows', () => mark.acknowledged >= 100);
    let deaf: number | undefined;
    nodes.withheld = (_, client) => {
      if (isValidator(client)) return false;
      deaf ??= nodeOf(client);
      return nodeOf(client) === deaf;
    };
    await until('all is acknowledged', () => mark.acknowledged === 600);
    assert.equal(office.stored('a'), numbers(600));
  });

  test('a broker that brings the back office nothing of its own is not left', async context => {
    const { nodes, url } = await openNodes(context);
    let echoes = 0;
    nodes.withheld = topic => topic.endsWith('/echo') && ++echoes > 0;
    const office = openOffice(context, { url });
    office.start(undefined, 20);
    const connections = () => nodes.connections.reduce((all, some) => all + some);
    await until('a question', () => echoes > 0);
    const before = connections();
    await until('many questions', () => echoes > 20);
    assert.is(connections(), before);
    assert.equal(office.warnings, []);
  });
});
