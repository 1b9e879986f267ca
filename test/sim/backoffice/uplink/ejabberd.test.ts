/** Three nodes of ejabberd: the contract, and who is let in. */
import * as assert from 'uvu/assert';
import { connectBroker } from '../../../../sync/uplink/connection.ts';
import { brokerContract, oneOf } from '../../../contract/broker.ts';
import { suite } from '../../../harness.ts';
import { createAuthority } from './authority.ts';
import { ejabberd, openEjabberd } from './ejabberd-cluster.ts';
import { ownAddresses } from './node-network.ts';

brokerContract('three nodes of ejabberd', context => openEjabberd(context), ejabberd);

suite('ejabberd', test => {
  test.needing(
    ejabberd,
    'it lets in whose certificate has the name, and says why it ends a connection',
    async context => {
      const { authority, known, validator } = await openEjabberd(context, ownAddresses(1));
      const speaking = { clientId: 'a', topics: [], hear: () => undefined };
      const connect = (address: Parameters<typeof oneOf>[0]) => connectBroker(oneOf(address), speaking);
      const a = validator('a');
      const { cert: _, key: __, ...nameless } = a;
      const over = authority.issue('over', 'a', undefined, ['20200101000000Z', '20200102000000Z']);
      for (const address of [
        nameless,
        validator('b'),
        known(over),
        known(createAuthority(context).issue('a', 'a')),
      ]) {
        const refused = await connect(address).catch(error => error);
        assert.match(refused.message, /the broker refuses us: Connection refused: Not authorized/);
      }
      const first = await connect(a);
      const second = await connect(a);
      await new Promise(resolve =>
        first.gone.aborted ? resolve(0) : first.gone.addEventListener('abort', resolve),
      );
      assert.match(first.gone.reason.message, /another has connected under this name/);
      await second.close();
    },
  );
});
