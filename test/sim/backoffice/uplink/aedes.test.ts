/** The broker inside the back office. */
import { startBroker } from '../../../../sim/backoffice/uplink/broker.ts';
import { brokerContract } from '../../../contract/broker.ts';

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
