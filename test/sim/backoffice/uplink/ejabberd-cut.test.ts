/** The network between ejabberd's nodes is cut: nothing is lost, and somebody is told what to do. */
import * as assert from 'uvu/assert';
import { type NodeState, probeNodes } from '../../../../sim/backoffice/uplink/node-probes.ts';
import { noteNodes, readNodes } from '../../../../sim/backoffice/uplink/node-states.ts';
import { numbers, openOffice, openValidator, quiet, rowsOf } from '../../../contract/broker.ts';
import { suite, until } from '../../../harness.ts';
import { ejabberd, openEjabberd } from './ejabberd-cluster.ts';
import { createNodeNetwork, networks } from './node-network.ts';

const needed = {
  what: `${ejabberd.what}, and ${networks.what}`,
  packages: [...ejabberd.packages, ...networks.packages],
  met: () => ejabberd.met() && networks.met(),
};

suite('ejabberd in parts', test => {
  test.needing(
    needed,
    'a node cut off from the others: every row arrives once, and the parts are told until it is started anew',
    async context => {
      const network = createNodeNetwork(context, 3);
      const cluster = await openEjabberd(context, network.places);
      const office = openOffice(context, cluster.office);
      office.start();
      const note = noteNodes(office.dir, quiet, Date.now);
      let nodes: readonly NodeState[] | undefined;
      const changed = (now: readonly NodeState[]) => {
        nodes = now;
        note(now);
      };
      const probes = probeNodes(cluster.office, changed, 1000);
      context.after(probes.close);
      const isWhole = () =>
        nodes?.every(({ problem, deafTo }) => problem === undefined && deafTo.length === 0);
      await until('that the nodes are one', isWhole);
      assert.is(readNodes(office.dir).todo, undefined);

      const devices = ['a', 'b', 'c'];
      const validators = devices.map(device =>
        openValidator(context, office, cluster.validator(device), device, rowsOf(1000)),
      );
      const least = () => Math.min(...validators.map(({ mark }) => mark.acknowledged));
      await until('that all send', () => least() >= 100);
      network.cut(0);
      await until('that it is told', () => nodes?.some(({ deafTo }) => deafTo.length === 2));
      const [alone, ...others] = nodes?.map(({ url }) => url) ?? [];
      assert.match(
        readNodes(office.dir).todo ?? '',
        `in parts: ${others.join(' and ')}; ${alone}. Mend the network`,
      );
      await until('all is acknowledged', () => least() === 1000);
      network.mend();
      await cluster.restartNode(0);
      await until('that the nodes are one again', isWhole);
      for (const device of devices) assert.equal(office.stored(device), numbers(1000));
    },
  );
});
