/** Whether the nodes of a cluster are one is found out by what is said through each, and told with what is to be done. */
import * as assert from 'uvu/assert';
import { startBroker } from '../../../../sim/backoffice/uplink/broker.ts';
import { type NodeState, probeNodes } from '../../../../sim/backoffice/uplink/node-probes.ts';
import { noteNodes, readNodes } from '../../../../sim/backoffice/uplink/node-states.ts';
import { openUplinkKeys } from '../../../../sim/backoffice/uplink/office-keys.ts';
import { quiet } from '../../../contract/broker.ts';
import { suite, type TestContext, until } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

async function startAedes({ after }: TestContext) {
  const broker = await startBroker(0, 'secret');
  after(() => broker.close());
  return broker;
}

suite('node probes', test => {
  test('nodes that are one hear each other; those that are not are told as parts, and one that is away by its name', async context => {
    const [first, second] = [await startAedes(context), await startAedes(context)];
    const dir = temporaryDirectory(context);
    openUplinkKeys(dir);
    const events: string[] = [];
    const tell = (event: string) => void events.push(event);
    const note = noteNodes(dir, { ...quiet, info: tell, error: tell }, () => 5);
    let nodes: readonly NodeState[] = [];
    // The first by two addresses: one broker.
    const again = first.address.url.replace('127.0.0.1', 'localhost');
    const url = [first.address.url, again, second.address.url];
    const probes = probeNodes(
      { ...first.address, url },
      now => {
        nodes = now;
        note(now);
      },
      200,
    );
    context.after(probes.close);
    await until('the parts', () => nodes[2]?.deafTo.length === 2 && nodes[0]?.deafTo.length === 1);
    assert.equal(
      nodes.map(({ deafTo }) => deafTo),
      [[url[2]], [url[2]], [url[0], url[1]]],
    );
    const { at, todo } = readNodes(dir);
    assert.is(at, 5);
    assert.is(
      todo,
      `The cluster is in parts: ${url[0]} and ${url[1]}; ${url[2]}. Mend the network, then start the nodes of all parts but one anew`,
    );
    assert.ok(events.includes('broker-nodes-split'));
    await second.close();
    await until('that it is away', () => nodes[2]?.problem !== undefined && nodes[0]?.deafTo.length === 0);
    assert.match(
      readNodes(dir).todo ?? '',
      /^Start what is away, or mend the way to it: mqtt:.*ECONNREFUSED/,
    );
  });

  test('where there has been no cluster, that is said', context => {
    assert.throws(() => readNodes(temporaryDirectory(context)), /this back office has had no cluster/);
  });
});
