/** Three nodes of nats-server, which knows MQTT 3.1.1 alone: the contract. */
import { brokerContract } from '../../../contract/broker.ts';
import { nats, openNats } from './nats-cluster.ts';

brokerContract('three nodes of nats-server', context => openNats(context), nats);
