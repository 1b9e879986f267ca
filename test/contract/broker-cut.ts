/** What the uplink asks of a cluster whose network is cut: nothing is lost, and somebody is told what to do. */
import * as assert from 'uvu/assert';
import { type NodeState, probeNodes } from '../../sim/backoffice/uplink/node-probes.ts';
import { noteNodes, readNodes } from '../../sim/backoffice/uplink/node-states.ts';
import { suite, type TestContext, until } from '../harness.ts';
import type { Requirement } from '../left-out.ts';
import { createNodeNetwork, type NodePlace, networks } from '../sim/backoffice/uplink/node-network.ts';
import { type BrokerStand, numbers, openOffice, openValidator, quiet, rowsOf } from './broker.ts';

export interface ClusterStand extends BrokerStand {
  restartNode(index: number): Promise<void>;
}

const roundMs = 1000;

/**
 * @param told what an operator reads of the first node, which is cut off, and the others
 * @param isMended the smaller part takes nothing, and finds back by itself
 */
export function brokerCutContract(
  name: string,
  open: (context: TestContext, places: readonly NodePlace[]) => Promise<ClusterStand>,
  needed: Exclude<Requirement, string>,
  told: (first: string, others: readonly string[]) => RegExp,
  isMended = false,
): void {
  const all = {
    what: `${needed.what}, and ${networks.what}`,
    packages: [...needed.packages, ...networks.packages],
    met: () => needed.met() && networks.met(),
  };
  suite(`${name} in parts`, test => {
    test.needing(
      all,
      'a node is cut off: every row arrives once, and it is told until they are one',
      async context => {
        const network = createNodeNetwork(context, 3);
        const cluster = await open(context, network.places);
        const office = openOffice(context, cluster.office);
        office.start();
        const note = noteNodes(office.dir, quiet, Date.now);
        let nodes: readonly NodeState[] = [];
        const probes = probeNodes(
          cluster.office,
          now => {
            nodes = now;
            note(now);
          },
          roundMs,
        );
        context.after(probes.close);
        const isWhole = () =>
          nodes.length > 0 &&
          nodes.every(({ problem, deafTo }) => problem === undefined && deafTo.length === 0);
        await until('that the nodes are one', isWhole);
        assert.is(readNodes(office.dir).todo, undefined);

        const devices = ['a', 'b', 'c'];
        const validators = devices.map(device =>
          openValidator(context, office, cluster.validator(device), device, rowsOf(1000)),
        );
        const least = () => Math.min(...validators.map(({ mark }) => mark.acknowledged));
        await until('that all send', () => least() >= 100);
        network.cut(0);
        const [first = '', ...others] = nodes.map(({ url }) => url);
        const words = told(first, others);
        await until('that it is told', () => words.test(readNodes(office.dir).todo ?? ''));
        // Where the smaller part takes nothing, who is in it may wait for the others.
        if (isMended) network.mend();
        await until('all is acknowledged', () => least() === 1000);
        network.mend();
        if (!isMended) await cluster.restartNode(0);
        await until('that the nodes are one again', isWhole);
        assert.is(readNodes(office.dir).todo, undefined);
        for (const device of devices) assert.equal(office.stored(device), numbers(1000));
      },
    );
  });
}
